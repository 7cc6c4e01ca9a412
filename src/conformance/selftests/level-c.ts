// SPDX-License-Identifier: GPL-2.0-only
// Level C: which of the mutants do the kernel's own selftests of the area notice? They are run on
// the same build of kvm.ko, with a machine for each mutant. The kernel as it stands comes first: a
// test that it does not pass here is skipped, and says nothing about any mutant.

import { readFileSync } from 'node:fs';
import { UserError } from '#user-error';
import type { ArchiveFile } from '../cpio.ts';
import type { Kernel } from '../kernels.ts';
import { hasPanicked, type Job, type Machine, runJob } from '../machine.ts';
import { KERNEL_MUTANTS, type KernelMutant, titleOf } from '../mutated/edits.ts';
import { choose, parameter } from '../mutated/threads.ts';
import type { SelftestResult, SelftestRun } from '../result.ts';
import { about, type Recording } from '../serial.ts';
import { SELFTESTS, type Selftest, selftestPrograms } from './programs.ts';

export interface SelftestsHeld {
  readonly selftests: readonly SelftestResult[];
  /** Why something is not known, one sentence each. */
  readonly selftestFaults: readonly string[];
}

/** A machine for programs of some size. */
const MEMORY = 1024;
/** Seconds after which a test is ended on the kernel as it stands. */
const LIMIT = 300;
/** On a mutant: so many times what it took there, and no less than so many seconds. */
const LIMIT_TIMES = 10;
const LIMIT_MIN = 60;
const SECONDS = 3600;
/** Of the 32764 that there may be. */
const SLOTS = 512;
/** What fails must fail again: a busy host can break the limits that a test has of its own. */
const TRIES = 2;
/** A machine tells of each try. One that is silent for so many seconds beyond the limit hangs. */
const SLACK = 30;
/** What a selftest ends with if it cannot be run. */
const SKIPS = 4;

/** Runs the selftests on the kernel as it stands and on all mutants. */
export async function holdSelftests(
  machine: Machine,
  kernel: Kernel,
  stock: Kernel,
  onProgress: (what: string) => void,
): Promise<SelftestsHeld> {
  onProgress('building selftests');
  const programs = await selftestPrograms(machine.cache, stock, machine.signal);
  const files: ArchiveFile[] = programs.map((path, i) => ({
    path: SELFTESTS[i]!.name,
    content: readFileSync(path),
    isExecutable: true,
  }));
  const faults: string[] = [];
  const run = runner(machine, kernel, files, faults);
  onProgress('selftests on the kernel as it stands');
  const first = await run('control', [
    choose(0),
    ...SELFTESTS.flatMap((test) => lineOf(FIRST, test)),
  ]);
  const control = SELFTESTS.map((test) => outcomeOf(first, FIRST, test));
  const passing = SELFTESTS.filter((_, i) => control[i]!.outcome === 'passes');
  const selftests: SelftestResult[] = [{ run: FIRST, id: CONTROL, number: 0, runs: control }];
  const limits = passing.map((test) => limitOf(first, test));
  const runOn = ({ number }: KernelMutant) => {
    const lines = passing.flatMap((test, i) => lineOf(`m${number}`, test, limits[i]));
    return run(`m${number}`, [choose(number), ...lines], Math.max(...limits));
  };
  const started = (passing.length === 0 ? [] : KERNEL_MUTANTS).map((one) => {
    const running = runOn(one);
    running.catch(() => {});
    return { one, running };
  });
  for (const { one, running } of started) {
    const recording = await running;
    if (machine.signal?.aborted === true) break;
    const title = titleOf(one);
    onProgress(`selftests on ${title}`);
    const name = `m${one.number}`;
    const runs = SELFTESTS.map((test, i) =>
      control[i]!.outcome === 'passes' ? outcomeOf(recording, name, test) : control[i]!,
    );
    selftests.push({ run: name, id: title, number: one.number, runs });
  }
  const left = KERNEL_MUTANTS.length + 1 - selftests.length;
  // Two machines run at once: which of them failed first is chance.
  faults.sort();
  if (machine.signal?.aborted === true && left > 0)
    faults.push(`interrupted before ${left} of ${KERNEL_MUTANTS.length} mutants`);
  return { selftests, selftestFaults: faults };
}

type Run = (name: string, lines: readonly string[], limit?: number) => Promise<Recording | null>;

/** Runs selftests on a machine; null if it told nothing, and `faults` has why. */
function runner(
  machine: Machine,
  kernel: Kernel,
  files: readonly ArchiveFile[],
  faults: string[],
): Run {
  return async (name, lines, limit = LIMIT) => {
    const job: Job = {
      name: `${kernel.name}-selftests-${name}`,
      kernel,
      npt: true,
      cpus: 2,
      lines: [`set ${parameter('kvm_slots_max')} ${SLOTS}`, ...lines],
      files,
      memory: MEMORY,
      seconds: SECONDS,
      silence: limit + SLACK,
      mayPanic: true,
      mayHang: true,
    };
    try {
      return await runJob(machine, job);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      faults.push(error.message);
      return null;
    }
  };
}

const CONTROL = 'the kernel as it stands';
const FIRST = 'first';

function lineOf(run: string, { name, args }: Selftest, limit = LIMIT): string[] {
  return [`run ${run}.${name} ${TRIES} ${limit} ${[`/${name}`, ...args].join(' ')}`];
}

/** A test that does not come to its end has noticed something too, if it is given time enough. */
export function limitOf(control: Recording | null, { name }: Selftest): number {
  const ran = control === null ? [] : about(control, 'ran');
  const seconds = ran.find(([id]) => id === `${FIRST}.${name}`)?.at(-1);
  return Math.max(LIMIT_MIN, Math.ceil(Number(seconds ?? 0) * LIMIT_TIMES));
}

/**
 * How the tries of a test ended: it fails if each of them did. On the kernel as it stands that
 * means that it cannot be run here.
 */
export function outcomeOf(
  recording: Recording | null,
  run: string,
  { name }: Selftest,
): SelftestRun {
  const id = `${run}.${name}`;
  const found = recording === null ? [] : about(recording, 'ran').filter(([ran]) => ran === id);
  const ends = found.map(([, how = '', value = '']) => [how, value] as const);
  const said = recording === null ? [] : about(recording, 'said').filter(([of]) => of === id);
  const why = whyOf(said.map((words) => words.slice(1).join(' ')));
  const failed = ends.find(([how, value]) => how !== 'exit' || value !== '0');
  const how = failed === undefined ? '' : `${endOf(failed)}${why === '' ? '' : `: ${why}`}`;
  const told = (outcome: SelftestRun['outcome'], text = how) => ({
    test: name,
    outcome,
    how: text,
  });
  if (ends.some(([how, value]) => how === 'exit' && value === '0'))
    return told('passes', failed === undefined ? '' : `once ${how}`);
  if (ends.some(([how, value]) => how === 'exit' && Number(value) === SKIPS))
    return told('skipped');
  if (ends.length === TRIES) return told(run === FIRST ? 'skipped' : 'fails');
  if (recording !== null && hasPanicked(recording) && isAt(recording, run, name))
    return told('panics', 'the kernel panicked');
  if (recording?.isHung === true && isAt(recording, run, name))
    return told(run === FIRST ? 'skipped' : 'fails', 'the machine hung, twice');
  return told('unknown', 'it was not run to its end');
}

function endOf([how, value]: readonly [string, string]): string {
  return how === 'limit' ? `no end within ${value} s` : `${how} ${value}`;
}

/** Is it the test at which the kernel died? */
function isAt(recording: Recording, run: string, name: string): boolean {
  const begun = about(recording, 'begins').at(-1)?.[0];
  return begun === `${run}.${name}`;
}

/** What a test says of itself when it gives up: where, and why, but not who called whom. */
function whyOf(lines: readonly string[]): string {
  const at = lines.findIndex((line) => line.includes('Test Assertion Failure'));
  if (at < 0) return '';
  const said = lines.slice(at + 1, at + 5).map((line) => line.trim());
  return said
    .filter((line) => !/^(pid=|\d|Testing |\(stack)/.test(line))
    .slice(0, 2)
    .join('; ')
    .slice(0, 160);
}
