// SPDX-License-Identifier: GPL-2.0-only
// Which sequences is every mutant run through, and what do model and kernel make of them? A mutant
// is shown by an answer that is wrong where that of the port as it stands is right or another.

import type { SystemUnderTest } from '#vocabulary';
import { ALPHABETS, UPDATES } from '../alphabets.ts';
import { type Batch, linesOf, tokensOf } from '../cases.ts';
import { seenOf } from '../operations.ts';
import { batchOf } from '../plan.ts';
import type { Paging } from '../port-guest.ts';
import { allWords, hasGuestPaging, type Model, predict, type Sequence } from '../sequences.ts';
import { about, type Recording } from '../serial.ts';

/** Sequences, and the model that they were made with. */
export interface Sequences {
  readonly batch: Batch;
  readonly model: Model;
}

const WORDS = 120;
/** Updates between a tag and its use: one less than eight bits can count, and as many. */
const MANY = [126, 127];
/** How often a slot is created, used by a vCPU that does not run, and deleted. */
const FREED_TRIES = 64;

/** What every mutant is run through; the last ones have many updates. */
export function sequencesOf(port: SystemUnderTest): Sequences[] {
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
    const some = words.filter((_, at) => at % step === 0);
    return { model, batch: batchOf(`b${i}`, model, some) };
  });
  const model: Model = { system: port, alphabet: UPDATES, paging: 'nested paging' };
  const words = MANY.map((count) => `Lr${'f'.repeat(count)}Cr`);
  return [...found, { model, batch: batchOf('b2', model, words) }].map((one) => ({
    ...one,
    batch: { ...one.batch, isFresh: false, isTraced: false },
  }));
}

/** The same for one mutant of the model, whose cases are named after its run. */
export function sequencesFor(
  all: readonly Sequences[],
  run: string,
  system: SystemUnderTest,
  host: Model['host'],
): Sequences[] {
  return all.map(({ batch, model }) => ({
    batch: { ...batch, id: `${run}.${batch.id}` },
    model: { ...model, system, ...(host === undefined ? {} : { host }) },
  }));
}

export function sequenceLines(all: readonly Sequences[], run: string): string[] {
  const batches = all.flatMap(({ batch }) => linesOf({ ...batch, id: `${run}.${batch.id}` }));
  return ['new', ...batches, `freed ${run} ${FREED_TRIES}`];
}

/** What the sequences show of a mutant. */
export interface Shown {
  /** The shortest sequence whose last answer is wrong. */
  readonly word: string | null;
  readonly manyUpdates: string | null;
  readonly isMended: boolean;
  /** There was an answer to everything before a difference. */
  readonly isWhole: boolean;
}

export function shownByModel(sequences: readonly Sequences[]): Shown {
  return shownBy(sequences, ({ model, batch }) => {
    const words = batch.sequences.map(({ word }) => word);
    const mutated = predict(model, words);
    return (i, at) => mutated[i]!.steps[at]?.port ?? null;
  });
}

export function shownByKernel(sequences: readonly Sequences[], recording: Recording): Shown {
  return shownBy(sequences, ({ batch }) => {
    const answers = tokensOf(batch, recording);
    return (i, at) => seenOf(answers[i]?.[at] ?? '');
  });
}

/** How often a freed slot was used; null if nothing is known. */
export function freedIn(recording: Recording, run: string): number | null {
  const words = about(recording, 'freed').find(([id]) => id === run) ?? [];
  const value = (name: string) => Number(words[words.indexOf(name) + 1]);
  const [tries, found, wrong] = ['tries', 'found', 'wrong'].map(value);
  // A vCPU that does not even find what is there says nothing about what is not.
  return words.length > 0 && tries === found ? wrong! : null;
}

type Answer = (sequence: number, step: number) => string | null;

function shownBy(sequences: readonly Sequences[], answersOf: (one: Sequences) => Answer): Shown {
  const found = sequences.map((one) => firstWrong(one.batch.sequences, answersOf(one)));
  const few = found.slice(0, -1);
  const many = found.at(-1)!;
  return {
    word: few.find(({ wrong }) => wrong !== null)?.wrong ?? null,
    manyUpdates: many.wrong,
    isMended: few.some(({ isMended }) => isMended),
    isWhole: found.every(({ isWhole }) => isWhole),
  };
}

interface FirstWrong {
  readonly wrong: string | null;
  /** Every answer that the port has wrong is right here. */
  readonly isMended: boolean;
  readonly isWhole: boolean;
}

function firstWrong(sequences: readonly Sequence[], answer: Answer): FirstWrong {
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
