// SPDX-License-Identifier: GPL-2.0-only
// Is what the kernel did inside what the model does? Operation by operation, the same events in the
// same order. Generations begin where each likes: only which are equal, and which come later, must
// be the same.

import type { Batch } from './cases.ts';
import { tokensOf } from './cases.ts';
import type { MmuEvent, TracedOperation } from './kernel-events.ts';
import { tracedOperations } from './kernel-events.ts';
import { type Seen, seenOf, setupWords } from './operations.ts';
import type { Story, StoryRow, TraceFault } from './result.ts';
import type { Watched } from './sequences.ts';
import type { Recording } from './serial.ts';

export interface Validated {
  readonly sequences: number;
  readonly events: number;
  readonly faults: readonly TraceFault[];
  /** Sequences whose trace is not whole. */
  readonly unknown: readonly string[];
}

/**
 * Compares the traces of a batch, each up to its first step of which model and kernel see another
 * thing. A trace is explained if it is that of the port, or of the port of the era before.
 */
export function validate(
  batch: Batch,
  watched: readonly (readonly Watched[])[],
  recording: Recording,
  before: readonly (readonly Watched[])[] | null = null,
): Validated {
  const faults: TraceFault[] = [];
  const unknown: string[] = [];
  let events = 0;
  const tokens = tokensOf(batch, recording);
  batch.sequences.forEach(({ word }, i) => {
    const traced = operationsOf(batch, i, recording);
    if (traced === null || traced.length < watched[i]!.length) {
      unknown.push(word);
      return;
    }
    events += traced.reduce((sum, operation) => sum + operation.events.length, 0);
    const seen = (tokens[i] ?? []).map(seenOf);
    const fault = firstFault(watched[i]!, traced, seen);
    if (fault === null) return;
    if (before !== null && firstFault(before[i]!, traced, seen) === null) return;
    const { at, expected, found } = fault;
    const step = letterText(batch, word[at]!);
    faults.push({ word: word.slice(0, at + 1), step, expected, traced: found });
  });
  return { sequences: batch.sequences.length, events, faults, unknown };
}

/** The first operation of which model and kernel see the same, and do not do the same. */
function firstFault(
  steps: readonly Watched[],
  traced: readonly TracedOperation[],
  seen: readonly (Seen | null)[],
) {
  const differs = steps.findIndex(({ port }, at) => seen[at] !== port);
  const until = differs < 0 ? steps.length : differs;
  const model = textsOf(steps.slice(0, until).map((step) => step.events));
  const kernel = textsOf(traced.slice(0, until).map((operation) => operation.events));
  const at = model.findIndex((texts, n) => texts.join('\n') !== kernel[n]!.join('\n'));
  return at < 0 ? null : { at, expected: model[at]!, found: kernel[at]! };
}

/** One sequence as a table: what the model and what the kernel did at each operation. */
export function storyOf(
  title: string,
  batch: Batch,
  i: number,
  watched: readonly Watched[],
  recording: Recording,
): Story | null {
  const traced = operationsOf(batch, i, recording);
  if (traced === null) return null;
  const model = textsOf(watched.map(({ events }) => events));
  const kernel = textsOf(traced.map(({ events }) => events));
  const tokens = tokensOf(batch, recording)[i] ?? [];
  const rows = watched.map(({ port, operation }, at): StoryRow => {
    const seen = seenOf(tokens[at] ?? '') ?? 'no answer';
    const isSilent = operation.kind !== 'access' && port === seen;
    return {
      operation: letterText(batch, batch.sequences[i]!.word[at]!),
      port: [...model[at]!, ...(isSilent ? [] : [port])],
      kernel: [...(kernel[at] ?? ['no trace']), ...(isSilent ? [] : [seen])],
    };
  });
  return { title, rows };
}

function operationsOf(batch: Batch, i: number, recording: Recording): TracedOperation[] | null {
  const setup = setupWords(batch.alphabet.setup).length;
  return tracedOperations(recording, `${batch.id}.${i}`)?.slice(setup) ?? null;
}

function letterText({ alphabet }: Batch, letter: string): string {
  return alphabet.letters[letter]!.text;
}

/** Events in words, each generation by its rank among those of the sequence. */
export function textsOf(operations: readonly (readonly MmuEvent[])[]): string[][] {
  const generations = new Set(operations.flat().flatMap(generationsOf));
  const sorted = [...generations].sort((a, b) => a - b);
  const rank = (generation: number) => `n${sorted.indexOf(generation) + 1}`;
  return operations.map((events) =>
    events.map((event) => {
      if (event.kind === 'tag') return `gfn ${hex(event.gfn)} is tagged ${rank(event.generation)}`;
      if (event.kind === 'hit') return `an entry says MMIO at gfn ${hex(event.gfn)}`;
      const verdict = event.isValid ? 'valid' : 'old';
      return `a tag ${rank(event.entry)} is ${verdict} at ${rank(event.current)}`;
    }),
  );
}

function generationsOf(event: MmuEvent): number[] {
  if (event.kind === 'tag') return [event.generation];
  return event.kind === 'check' ? [event.entry, event.current] : [];
}

const hex = (value: number) => `0x${value.toString(16)}`;
