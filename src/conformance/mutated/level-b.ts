// SPDX-License-Identifier: GPL-2.0-only
// Level B: does the same mutant mean the same in model and kernel? One build of kvm.ko holds all
// mutants. One machine runs them all through sequences, and each has a machine of its own for two
// threads. What the two verdicts differ in is a finding about the model.

import { UserError } from '#user-error';
import type { SystemUnderTest } from '#vocabulary';
import type { Kernel } from '../kernels.ts';
import { hasPanicked, type Job, type Machine, runJob } from '../machine.ts';
import type { MutantResult, MutantVerdict } from '../result.ts';
import { about, type Recording } from '../serial.ts';
import { KERNEL_MUTANTS, type KernelMutant, titleOf } from './edits.ts';
import { modelRaces, usesFreed } from './model.ts';
import { type RaceRow, raceOf } from './race.ts';
import {
  freedIn,
  type Sequences,
  type Shown,
  sequenceLines,
  sequencesFor,
  sequencesOf,
  shownByKernel,
  shownByModel,
} from './sequences.ts';
import { choose, isStale, type Threads, threadLines, threadsOf } from './threads.ts';

/** The port as it stands, and with a mutant. */
export interface Mutated {
  readonly port: SystemUnderTest;
  readonly mutant: (id: string) => Promise<SystemUnderTest>;
  readonly onProgress: (what: string) => void;
}

export interface MutantsHeld {
  readonly mutants: readonly MutantResult[];
  readonly unknown: readonly string[];
  /** What must not be: the kernel as it stands is wrong, so nothing here counts. */
  readonly void: readonly string[];
  /** The seed's race in the kernel; empty if it was not lost. */
  readonly race: readonly RaceRow[];
}

/** The seed's bug, which is traced up to its first stale answer. */
export const SEED = `v6.12/kvm_swap_active_memslots/both-increments-before-publish.1`;

/** Only a machine that hangs is ended. */
const SECONDS = 1800;
const CONTROL = { number: 0, id: 'the kernel as it stands', expected: 'survives' } as const;

/** A run of sequences is named; the kernel as it stands has two. */
type Run = readonly [name: string, mutant: KernelMutant];

const RUNS: readonly Run[] = [
  ['first', CONTROL],
  ...KERNEL_MUTANTS.map((one) => [`m${one.number}`, one] as const),
  ['last', CONTROL],
];

/** Holds all mutants of the port against those of the kernel. */
export async function holdMutants(
  machine: Machine,
  kernel: Kernel,
  { port, mutant, onProgress }: Mutated,
): Promise<MutantsHeld> {
  const sequences = sequencesOf(port);
  const linesFor = ([run, { number }]: Run) => [choose(number), ...sequenceLines(sequences, run)];
  const job = (name: string, cpus: 1 | 2, lines: readonly string[], mayPanic = false): Job => ({
    name: `${kernel.name}-${name}`,
    kernel,
    npt: true,
    cpus,
    lines,
    seconds: SECONDS,
    mayPanic,
  });
  onProgress('sequences of all mutants');
  const tame = RUNS.filter(([, { isFatal }]) => isFatal !== true);
  // One processor is enough for them: two would only take turns.
  const running = runJob(machine, job('mutants', 1, tame.flatMap(linesFor)));
  running.catch(() => {});
  const threadsOfRuns = RUNS.filter(([, one]) => needsThreads(one)).map(([name, one]) => {
    const started = threadsRun(machine, job, name, one);
    started.catch(() => {});
    return [name, started] as const;
  });
  const threadsNamed = new Map(threadsOfRuns);
  const alone = await running;
  const unknown = about(alone, 'missing').map(([what]) => `the kernel has no ${what}`);
  const mutants: MutantResult[] = [];
  let race: readonly RaceRow[] = [];
  for (const run of RUNS) {
    const [name, one] = run;
    onProgress(one.number === 0 ? one.id : titleOf(one));
    const own =
      one.isFatal === true
        ? runJob(machine, job(`mutants-${name}-alone`, 1, linesFor(run), true))
        : Promise.resolve(alone);
    own.catch(() => {});
    const system = one.number === 0 ? port : await mutant(one.id);
    const model = modelOf(sequencesFor(sequences, name, system, one.host), one, system);
    const recording = await own;
    const threads = (await threadsNamed.get(name)) ?? { found: null, why: null };
    if (one.id === SEED && threads.recording !== undefined)
      race = raceOf(threads.recording, `${name}.traced`);
    const result = resultOf(run, sequences, model, recording, threads.found);
    if (threads.why !== null && restsOnThreads(result))
      unknown.push(`${titleOf(one)}: ${threads.why}`);
    mutants.push(result);
  }
  return { mutants, unknown, void: voidOf(mutants), race };
}

/**
 * Are two threads run too? Not with what any sequence kills, unless it is of interest what else it
 * does; nor with the kernel as it stands, which is run beside each of the others.
 */
function needsThreads({ number, expected, isFatal }: KernelMutant): boolean {
  return number !== 0 && (expected !== 'sequence' || isFatal === true);
}

/** Who dies of one thread may take the machine of two along; else that is no answer. */
export function restsOnThreads({ kernel }: Pick<MutantResult, 'kernel'>): boolean {
  return !(['sequence', 'wrap', 'freed'] as MutantVerdict[]).includes(kernel);
}

interface ThreadsRun {
  readonly found: Threads | null;
  readonly recording?: Recording;
  /** Why nothing is known. */
  readonly why: string | null;
}

/** A machine that does not come to its end costs this mutant's verdict, and no other. */
async function threadsRun(
  machine: Machine,
  job: (name: string, cpus: 2, lines: readonly string[], mayPanic: boolean) => Job,
  name: string,
  { id, number }: KernelMutant,
): Promise<ThreadsRun> {
  try {
    const lines = threadLines(name, number, id === SEED);
    const mayHang = { ...job(`mutants-${name}-threads`, 2, lines, true), mayHang: true };
    const recording = await runJob(machine, mayHang);
    const found = threadsOf(recording, name);
    const why = recording.isHung === true ? 'the machine hung, twice' : (found.faults[0] ?? null);
    return { found, recording, why };
  } catch (error) {
    if (!(error instanceof UserError) || machine.signal?.aborted === true) throw error;
    return { found: null, why: error.message };
  }
}

interface ModelSays extends Shown {
  readonly isFreed: boolean;
  readonly isRace: boolean;
  readonly inside: readonly string[];
}

function modelOf(
  sequences: readonly Sequences[],
  { host }: KernelMutant,
  system: SystemUnderTest,
): ModelSays {
  const shown = shownByModel(sequences);
  const isFreed = usesFreed(system, host);
  if (shown.word !== null) return { ...shown, isFreed, isRace: false, inside: [] };
  const { isSeen, inside, isComplete } = modelRaces(system);
  return { ...shown, isFreed, isRace: isSeen, inside, isWhole: shown.isWhole && isComplete };
}

/** How it dies, the surest way first; null if it does not. */
function deathOf(
  { word, manyUpdates }: Shown,
  isFreed: boolean,
  isRace: boolean,
): MutantVerdict | null {
  if (word !== null) return 'sequence';
  if (manyUpdates !== null) return 'wrap';
  if (isFreed) return 'freed';
  return isRace ? 'race' : null;
}

function lifeOf({ isMended, isWhole }: Shown): MutantVerdict {
  if (!isWhole) return 'unknown';
  return isMended ? 'mends' : 'survives';
}

function resultOf(
  [run, one]: Run,
  all: readonly Sequences[],
  model: ModelSays,
  recording: Recording,
  threads: Threads | null,
): MutantResult {
  const shown = shownByKernel(sequencesFor(all, run, all[0]!.model.system, undefined), recording);
  const freed = freedIn(recording, run);
  const death = deathOf(shown, (freed ?? 0) > 0, threads?.isStale === true);
  const isPanic = hasPanicked(recording) || threads?.hasPanicked === true;
  const isWhole =
    shown.isWhole &&
    freed !== null &&
    (!needsThreads(one) || (threads?.isEnough === true && threads.faults.length === 0));
  return {
    run,
    id: one.number === 0 ? one.id : titleOf(one),
    number: one.number,
    expected: one.expected,
    model: deathOf(model, model.isFreed, model.isRace) ?? lifeOf(model),
    kernel: death ?? (isPanic ? 'panic' : lifeOf({ ...shown, isWhole })),
    word: shown.word ?? shown.manyUpdates?.replace(/f{3,}/, 'f...') ?? null,
    stress: threads?.stress ?? [],
    control: threads?.control ?? [],
    inside: model.inside,
    because: one.because ?? null,
  };
}

/** Is the kernel as it stands wrong beside a mutant? Then none of it counts. */
function voidOf(mutants: readonly MutantResult[]): string[] {
  return mutants.flatMap(({ id, control }) =>
    control.some(isStale) ? [`the kernel as it stands is wrong beside ${id}`] : [],
  );
}
