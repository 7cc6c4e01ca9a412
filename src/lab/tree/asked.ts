// SPDX-License-Identifier: GPL-2.0-only
// What can be asked of a system beside its suites? What a VM does that nothing happened to, in
// which order an update stores, whether the kernel warns; and of the C of a tree also its shape.

import { currentWorld, type RunEvent, runDirectly } from '#explorer/run';
import type { HostConfig, SystemUnderTest, Vm } from '#vocabulary';
import { type Layouts, Refusal, type Translation } from '../../c/translation.ts';
import { runSequential, SCENARIOS, type SequentialScenario } from '../suites.ts';

/** The gfns that a VM is asked about: one for slots, and one that never has a slot. */
export const ASKED_GFNS = { slot: BigInt(0x10), none: BigInt(0x30) } as const;

/** The shape of translated C. */
export interface CodeShape {
  readonly has: (name: string) => boolean;
  /** Functions that a function calls by name; none if it is not there. */
  readonly calls: (name: string) => readonly string[];
  /** Does a type have a field, such as `struct kvm_memslots` and `used_slots`? */
  readonly hasField: (type: string, path: string) => boolean;
  /** Bytes of a field; null if there is none. */
  readonly sizeOf: (type: string, path: string) => number | null;
  /** Is a macro or an enumerator a constant of the tree? */
  readonly hasConstant: (name: string) => boolean;
}

export interface Asked {
  /** A VM that nothing happened to. */
  readonly vm: Vm;
  /** Runs code on one more VM, on a host that differs as given. */
  readonly fresh: <T>(changes: Partial<HostConfig>, code: (vm: Vm) => T) => T;
  /** What the kernel complains of while code runs: kinds and details of events. */
  readonly complaints: (code: () => void) => readonly string[];
  /** What code does to shared memory, in its order and as tables name it. */
  readonly steps: (code: () => void) => readonly string[];
  /** Null for a port, which is no C. */
  readonly shape: CodeShape | null;
}

/**
 * Asks a question of a system, as one thread. Null if there is no answer: the code fails, or needs
 * what its driver does not host.
 */
export function ask<T>(
  system: SystemUnderTest,
  shape: CodeShape | null,
  question: (asked: Asked) => T,
): T | null {
  const model = SCENARIOS.find(({ kind }) => kind === 'sequential') as SequentialScenario;
  let answer: T | null = null;
  const check: SequentialScenario['check'] = ({ vm, fresh }) => {
    answer = question({ vm, fresh, complaints, steps, shape });
    return 1;
  };
  const gfns = Object.values(ASKED_GFNS);
  try {
    runSequential(system, { ...model, gfns, host: { mmio: ['shadow'] }, check }, 'shadow');
  } catch {
    return null;
  }
  return answer;
}

export function shapeOfCode({ functionNamed, layouts }: Translation): CodeShape {
  const answered = (question: () => boolean) => orElse(question, false);
  return {
    has: (name) => functionNamed.has(name),
    calls: (name) => functionNamed.get(name)?.calls ?? [],
    hasField: (type, path) => answered(() => layouts.has(type, path)),
    sizeOf: (type, path) =>
      orElse(() => (layouts.has(type, path) ? layouts.place(type, path).size : null), null),
    hasConstant: (name) => answered(() => isConstant(layouts, name)),
  };
}

function isConstant(layouts: Layouts, name: string): boolean {
  layouts.constant(name);
  return true;
}

/** A name that the tree does not have is an answer; all other errors are not. */
function orElse<T>(question: () => T, otherwise: T): T {
  try {
    return question();
  } catch (error) {
    if (error instanceof Refusal) return otherwise;
    throw error;
  }
}

function complaints(code: () => void): string[] {
  const events: RunEvent[] = [];
  runDirectly(currentWorld(), 0, code, { events });
  return events.map(({ kind, detail }) => `${kind} ${detail}`.trim());
}

function steps(code: () => void): string[] {
  const { trace } = runDirectly(currentWorld(), 0, code, { wantTrace: true, wantSites: false });
  return trace.map(({ step }) => step.describe().text);
}
