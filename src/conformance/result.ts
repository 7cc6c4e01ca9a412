// SPDX-License-Identifier: GPL-2.0-only
// What came out of holding the model against real kernels? Values only; how they are printed is
// decided in src/report.

import type { EraName } from '#vocabulary';
import type { Comparison, Told } from './compare.ts';
import type { RaceRow } from './mutated/race.ts';
import type { Paging } from './port-guest.ts';

/** One alphabet on one kernel: each word once, the shortest first. */
export interface AreaResult extends Comparison {
  readonly alphabet: string;
  readonly paging: Paging;
  /** The port that was compared. */
  readonly era: EraName;
  /** False if the port of the kernel's own era lacks what the alphabet needs. */
  readonly isOwnEra: boolean;
  /** The kernel does what the port of the era before says. */
  readonly asBefore: readonly Told[];
}

/** Two threads: what was judged while slots came and went. */
export interface StressResult {
  readonly paging: 'nested paging' | 'shadow paging';
  readonly mode: string;
  readonly cycles: number;
  readonly judged: number;
  readonly notJudged: number;
  readonly staleMmio: number;
  readonly staleRam: number;
}

/** What comes of a mutant: how it dies, if it does; the surest way comes first. */
export type MutantVerdict =
  | 'sequence'
  | 'wrap'
  /** A vCPU goes on with a slot that was deleted and freed. */
  | 'freed'
  | 'race'
  | 'panic'
  | 'mends'
  | 'survives'
  | 'unknown';

/** One mutant in model and kernel. */
export interface MutantResult {
  /** Names the run; the kernel as it stands has two. */
  readonly run: string;
  readonly id: string;
  readonly number: number;
  readonly expected: MutantVerdict;
  readonly model: MutantVerdict;
  readonly kernel: MutantVerdict;
  /** The sequence that shows it in the kernel. */
  readonly word: string | null;
  readonly stress: readonly StressResult[];
  /** The kernel as it stands, in the same machine before and after. */
  readonly control: readonly StressResult[];
  /** Invariants that it breaks in the model where no access of a guest at rest shows it. */
  readonly inside: readonly string[];
  /** What one has to know to understand the verdict; null if it is plain. */
  readonly because: string | null;
}

/** What came of one selftest of the kernel. */
export interface SelftestRun {
  readonly test: string;
  readonly outcome: 'passes' | 'fails' | 'panics' | 'skipped' | 'unknown';
  /** How it failed, or why it was skipped; empty if it passed each time. */
  readonly how: string;
}

/** The selftests on the kernel as it stands, or on a mutant. */
export interface SelftestResult {
  readonly run: string;
  readonly id: string;
  readonly number: number;
  readonly runs: readonly SelftestRun[];
}

/** A sequence whose trace the model does not explain: what each of them shows, step by step. */
export interface TraceFault {
  readonly word: string;
  readonly step: string;
  readonly expected: readonly string[];
  readonly traced: readonly string[];
}

/** Traces of the kernel against the events of the model. */
export interface TraceResult {
  readonly paging: Paging;
  readonly era: EraName;
  readonly sequences: number;
  readonly events: number;
  readonly faults: readonly TraceFault[];
  /** Of the shortest sequence that shows a stale answer. */
  readonly story: Story | null;
}

/** One sequence, operation by operation: what the model did and what the kernel did. */
export interface Story {
  readonly title: string;
  readonly rows: readonly StoryRow[];
}

export interface StoryRow {
  readonly operation: string;
  readonly port: readonly string[];
  readonly kernel: readonly string[];
}

export interface KernelResult {
  readonly name: string;
  readonly package: string;
  readonly version: string;
  readonly areas: readonly AreaResult[];
  readonly traces: readonly TraceResult[];
  readonly stress: readonly StressResult[];
  /** Mutants of the module beside those of the port; empty where none were built. */
  readonly mutants: readonly MutantResult[];
  /** The kernel's own selftests on the same mutants; empty where none were run. */
  readonly selftests: readonly SelftestResult[];
  /** Why selftests told nothing: that leaves open what they notice, not what the kernel does. */
  readonly selftestFaults: readonly string[];
  /** Why the kernel as it stands is not to be trusted here, so that nothing counts. */
  readonly void: readonly string[];
  /** The seed's bug in a mutated module, up to its first stale answer; empty if it was not seen. */
  readonly race: readonly RaceRow[];
  /** The table of the same bug in the model; empty if it was not asked for. */
  readonly modelRace: string;
  /** The least sequence of each kind that the model does not explain. */
  readonly stories: readonly Story[];
  /** What the kernel's log complains about. */
  readonly warnings: readonly string[];
  /** Why something is not known, one sentence each. */
  readonly unknown: readonly string[];
}

export interface ConformResult {
  /** Versions of what the machine is made of. */
  readonly emulator: string;
  readonly seeds: readonly number[];
  readonly kernels: readonly KernelResult[];
  /** What was not done, and why. */
  readonly skipped: readonly string[];
}

/** Judged accesses below which a stress run says nothing. */
export const JUDGED_MIN = 50;

/** What is left to explain on a kernel. */
export function isViolated(kernel: KernelResult): boolean {
  const { areas, mutants, stress, traces, warnings } = kernel;
  return (
    kernel.void.length > 0 ||
    warnings.length > 0 ||
    areas.some(({ unexplained }) => unexplained.length > 0) ||
    traces.some(({ faults }) => faults.length > 0) ||
    stress.some(({ staleMmio, staleRam }) => staleMmio + staleRam > 0) ||
    mutants.some(contradicts)
  );
}

/** Is it the end of a mutant? */
export function isKilled(verdict: MutantVerdict): boolean {
  return !['mends', 'survives', 'unknown'].includes(verdict);
}

/**
 * Does the kernel's verdict say another thing than the model's? A race that was not seen says
 * nothing: the kernel is only sampled. See isRaceUnseen().
 */
export function contradicts({ model, kernel, number }: MutantResult): boolean {
  if (kernel === 'unknown') return false;
  if (number === 0) return kernel !== 'survives';
  if (model === 'race' && !isKilled(kernel)) return false;
  return isKilled(model) !== isKilled(kernel) || (model === 'mends') !== (kernel === 'mends');
}

/** A race that the model has was not lost within its attempts: nobody knows. */
export function isRaceUnseen({ model, kernel }: MutantResult): boolean {
  return model === 'race' && (kernel === 'survives' || kernel === 'mends');
}

export function isUnknown({ areas, mutants, stress, unknown }: KernelResult): boolean {
  return (
    unknown.length > 0 ||
    mutants.some(({ kernel, model }) => kernel === 'unknown' || model === 'unknown') ||
    mutants.some(isRaceUnseen) ||
    areas.some((area) => area.unknown.length > 0) ||
    stress.some(({ judged }) => judged < JUDGED_MIN)
  );
}
