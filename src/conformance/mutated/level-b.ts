// SPDX-License-Identifier: GPL-2.0-only
// Level B: does the same mutant mean the same in model and kernel? One kernel with all mutants is
// booted once; the kernel as it stands is run first and last. What the two verdicts differ in is a
// finding about the model.

import { INVARIANTS, SCENARIOS } from '#lab/suites';
import { runUnit } from '#lab/unit';
import { unitsOf } from '#lab/units';
import type { SystemUnderTest } from '#vocabulary';
import { ALPHABETS, UPDATES } from '../alphabets.ts';
import { type Batch, linesOf, tokensOf } from '../cases.ts';
import { tracingLines } from '../kernel-events.ts';
import type { Kernel } from '../kernels.ts';
import { hasPanicked, type Job, type Machine, runJob } from '../machine.ts';
import { seenOf } from '../operations.ts';
import { batchOf } from '../plan.ts';
import type { Paging } from '../port-guest.ts';
import { JUDGED_MIN, type MutantResult, type MutantVerdict, type StressResult } from '../result.ts';
import { allWords, hasGuestPaging, type Model, predict, type Sequence } from '../sequences.ts';
import { about, type Recording } from '../serial.ts';
import { STRESS_MODES, stressResults } from '../stress.ts';
import { KERNEL_MUTANTS, type KernelMutant } from './edits.ts';
import { installLines, type RaceRow, raceOf, withoutInstallLines } from './race.ts';

/** The port as it stands, and with a mutant. */
export interface Mutated {
  readonly port: SystemUnderTest;
  readonly mutant: (id: string) => Promise<SystemUnderTest>;
}

const SECONDS = 1800;
const PARAMETERS = '/sys/module/kvm/parameters';
const WORDS = 120;
const STRESS_SECONDS = 3;
const STRESS_CYCLES = 400;
const WIDENER = 100;
/** Of stress.c: creates while a fault is handled, traced up to the first stale answer. */
const SEED_SHAPE = 1 + 8;
/** Updates between a tag and its use: one less than eight bits can count, and as many. */
const MANY = [126, 127];

/** Which waits make the race of a shape wider: before a tag, or before what the vCPU remembers. */
const WAITS: Readonly<Record<number, readonly [number, number]>> = {
  0: [0, WIDENER],
  1: [WIDENER, 0],
  2: [0, WIDENER],
};

/** The batches that every mutant is run through. */
function batchesOf(port: SystemUnderTest): { readonly batch: Batch; readonly model: Model }[] {
  const slots = ALPHABETS.find(({ name }) => name === 'slots')!;
  const tables = ALPHABETS.find(({ name }) => name === 'hypervisor tables')!;
  const chosen: [Model['alphabet'], Paging][] = [
    [{ ...slots, length: 3, further: 4 }, 'nested paging'],
  ];
  if (hasGuestPaging(port)) chosen.push([{ ...tables, length: 3, further: 4 }, 'nested guest']);
  const found = chosen.map(([alphabet, paging], i) => {
    const model = { system: port, alphabet, paging };
    const words = allWords(model);
    const step = Math.max(1, Math.floor(words.length / WORDS));
    return {
      model,
      batch: batchOf(
        `b${i}`,
        model,
        words.filter((_, at) => at % step === 0),
      ),
    };
  });
  const model: Model = { system: port, alphabet: UPDATES, paging: 'nested paging' };
  const words = MANY.map((count) => `Lr${'f'.repeat(count)}Cr`);
  return [...found, { model, batch: batchOf('b2', model, words) }].map((one) => ({
    ...one,
    batch: { ...one.batch, isFresh: false, isTraced: false },
  }));
}

const named = (batch: Batch, run: string): Batch => ({ ...batch, id: `${run}.${batch.id}` });

export interface MutantsHeld {
  readonly mutants: readonly MutantResult[];
  readonly unknown: readonly string[];
  /** The seed's race in the kernel; empty if it was not lost. */
  readonly race: readonly RaceRow[];
}

/** Holds all mutants of the port against those of the kernel. */
export async function holdMutants(
  machine: Machine,
  kernel: Kernel,
  { port, mutant }: Mutated,
): Promise<MutantsHeld> {
  const batches = batchesOf(port);
  const control = { number: 0, id: 'the kernel as it stands', expected: 'survives' } as const;
  const runs: readonly (readonly [string, KernelMutant])[] = [
    ['first', control],
    ...KERNEL_MUTANTS.map((one) => [`m${one.number}`, one] as const),
    ['last', control],
  ];
  const linesFor = (run: string, { id, number, expected }: KernelMutant) => [
    `set ${PARAMETERS}/kvm_mutant ${number}`,
    'new',
    ...batches.flatMap(({ batch }) => linesOf(named(batch, run))),
    ...(isSampled(expected) ? STRESS_MODES.flatMap(({ bits }) => stressLinesOf(run, bits)) : []),
    ...(id === SEED ? seedLines() : []),
  ];
  const job = (name: string, lines: readonly string[], mayPanic: boolean): Job => ({
    name: `${kernel.name}-${name}`,
    kernel,
    npt: true,
    cpus: 2,
    lines,
    seconds: SECONDS,
    mayPanic,
  });
  const isTame = ([, { expected }]: (typeof runs)[number]) => expected !== 'panic';
  const tame = runs.filter(isTame).flatMap(([run, one]) => linesFor(run, one));
  const recording = await runJob(machine, job('mutants', tame, false));
  const recordings = new Map<string, Recording>();
  // What takes the kernel with it has a machine of its own.
  for (const [run, one] of runs.filter((found) => !isTame(found)))
    recordings.set(run, await runJob(machine, job(`mutant-${run}`, linesFor(run, one), true)));
  const unknown = about(recording, 'missing').map(([what]) => `the kernel has no ${what}`);
  const mutants: MutantResult[] = [];
  for (const [run, one] of runs) {
    const system = one.number === 0 ? port : await mutant(one.id);
    const found = batches.map(({ batch, model }) => ({
      model: { ...model, system, ...(one.host === undefined ? {} : { host: one.host }) },
      batch: named(batch, run),
    }));
    mutants.push(resultOf(run, one, found, recordings.get(run) ?? recording));
  }
  return { mutants, unknown, race: raceOf(recording, 'seed') };
}

/** The seed's bug, which is traced up to its first stale answer. */
export const SEED = `v6.12/kvm_swap_active_memslots/both-increments-before-publish.1`;

/** A widened race, traced; sooner or later it is lost. */
function seedLines(): string[] {
  return [
    ...tracingLines(),
    ...installLines(),
    `set ${PARAMETERS}/kvm_delay_us ${WIDENER}`,
    `stress seed ${SEED_SHAPE} ${STRESS_CYCLES * 5} ${STRESS_SECONDS * 5}`,
    `set ${PARAMETERS}/kvm_delay_us 0`,
    ...withoutInstallLines(),
  ];
}

function stressLinesOf(run: string, bits: number): string[] {
  const [first, second] = WAITS[bits]!;
  return [
    `set ${PARAMETERS}/kvm_delay_us ${first}`,
    `set ${PARAMETERS}/kvm_delay2_us ${second}`,
    `stress ${run}.${bits} ${bits} ${STRESS_CYCLES} ${STRESS_SECONDS}`,
    `set ${PARAMETERS}/kvm_delay_us 0`,
    `set ${PARAMETERS}/kvm_delay2_us 0`,
  ];
}

function resultOf(
  run: string,
  { id, number, expected, note }: KernelMutant,
  batches: readonly { readonly batch: Batch; readonly model: Model }[],
  recording: Recording,
): MutantResult {
  const sequences = batches.map(({ batch, model }) => {
    const answers = batch.sequences.map((_, i) => tokensOf(batch, recording)[i]);
    const mutated = predict(
      model,
      batch.sequences.map(({ word }) => word),
    );
    return {
      kernel: firstWrong(batch.sequences, (i, at) => seenOf(answers[i]?.[at] ?? '')),
      model: firstWrong(batch.sequences, (i, at) => mutated[i]!.steps[at]?.port ?? null),
    };
  });
  const stress = stressResults(recording, 'nested paging', (bits) => `${run}.${bits}`);
  const stale = stress.reduce((sum, { staleMmio, staleRam }) => sum + staleMmio + staleRam, 0);
  const many = sequences.at(-1)!;
  const short = sequences.slice(0, -1);
  const kernelWord = short.find(({ kernel }) => kernel.wrong !== null)?.kernel.wrong ?? null;
  const modelWord = short.find(({ model }) => model.wrong !== null)?.model.wrong ?? null;
  const isMended = (of: 'kernel' | 'model') => short.some((one) => one[of].isMended);
  const isWhole =
    sequences.every(({ kernel }) => kernel.isWhole) &&
    (!isSampled(expected) || hasEvidence(stress));
  const verdict = (
    word: string | null,
    isMended: boolean,
    manyWrong: string | null,
    isRace: boolean,
  ): MutantVerdict => {
    if (word !== null) return 'sequence';
    if (manyWrong !== null) return 'wrap';
    if (isRace) return 'race';
    return isMended ? 'mends' : 'survives';
  };
  const race = number === 0 || modelWord !== null ? false : breaksByRace(batches[0]!.model.system);
  const kernel = verdict(kernelWord, isMended('kernel'), many.kernel.wrong, stale > 0);
  return {
    run,
    id: note === undefined ? id : `${id} ${note}`,
    number,
    expected,
    model: verdict(modelWord, isMended('model'), many.model.wrong, race),
    kernel: hasPanicked(recording)
      ? 'panic'
      : kernel === 'survives' && !isWhole
        ? 'unknown'
        : kernel,
    word: kernelWord ?? many.kernel.wrong?.replace(/f{3,}/, 'f...') ?? null,
    stress,
  };
}

/**
 * Are two threads run too? Not with what any sequence kills: a number that never changes leaves a
 * vCPU with the slot that it used last, freed meanwhile, and the whole kernel with it.
 */
function isSampled(expected: MutantVerdict): boolean {
  return expected !== 'sequence';
}

function hasEvidence(stress: readonly StressResult[]): boolean {
  return (
    stress.length === STRESS_MODES.length && stress.every(({ judged }) => judged >= JUDGED_MIN)
  );
}

interface FirstWrong {
  /** The shortest word whose last answer is wrong, where that of the port is right or another. */
  readonly wrong: string | null;
  /** Every answer that the port has wrong is right here. */
  readonly isMended: boolean;
  /** There was an answer to everything before a difference. */
  readonly isWhole: boolean;
}

function firstWrong(
  sequences: readonly Sequence[],
  answer: (sequence: number, step: number) => string | null,
): FirstWrong {
  let wrong: string | null = null;
  let [mended, confirmed] = [0, 0];
  let isWhole = true;
  sequences.forEach(({ word, steps }, i) => {
    for (const [at, { port, allowed }] of steps.entries()) {
      const seen = answer(i, at);
      if (seen === null) isWhole = false;
      if (seen === null) return;
      const isRight = allowed.includes(seen);
      if (!allowed.includes(port)) isRight ? mended++ : confirmed++;
      const shown = word.slice(0, at + 1);
      if (!isRight && seen !== port && (wrong === null || shown.length < wrong.length))
        wrong = shown;
      if (seen !== port) return;
    }
  });
  return { wrong, isMended: mended > 0 && confirmed === 0, isWhole };
}

/** Scenarios of what the two threads do, small enough to be run here. */
const RACES = /^mmio-cache\/a-created-slot-is-seen\.(1v1u1f|1v1u2f|2v1u1f)$/;

/** Does some interleaving show it? What the port is known to break is no news. */
function breaksByRace(system: SystemUnderTest): boolean {
  const scenarios = SCENARIOS.filter(({ id }) => RACES.test(id));
  const units = unitsOf(system.era, { scenarios, memoryModel: 'sc', budgetStates: null });
  return units.some((unit) =>
    runUnit(system, unit, INVARIANTS).violations.some(({ isKnown }) => !isKnown),
  );
}
