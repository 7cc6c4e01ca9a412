// SPDX-License-Identifier: GPL-2.0-only
// Which sequences are compared, and what does the model say of each? All words up to a length, then
// one for each state that the model reaches by longer ones, then random ones.

import { runDirectly } from '#explorer/run';
import { World } from '#explorer/world';
import { hostOf } from '#lab/suites';
import type { HostConfig, SystemUnderTest, Vm } from '#vocabulary';
import type { Alphabet } from './alphabets.ts';
import type { MmuEvent } from './kernel-events.ts';
import { watched } from './model-events.ts';
import type { Operation, Seen } from './operations.ts';
import { type Paging, PortGuest } from './port-guest.ts';
import { SLOTS, Truth } from './truth.ts';

/** One operation, what may be seen of it, and what the model sees. */
export interface Predicted {
  readonly operation: Operation;
  readonly allowed: readonly Seen[];
  readonly port: Seen;
}

/** A step of the model with what it did inside. */
export interface Watched extends Predicted {
  readonly events: readonly MmuEvent[];
}

export interface Sequence {
  /** Letters of the alphabet. */
  readonly word: string;
  readonly steps: readonly Predicted[];
}

/** A port and the machine that it is asked about. */
export interface Model {
  readonly system: SystemUnderTest;
  readonly alphabet: Alphabet;
  readonly paging: Paging;
  /** Where the host differs from the usual one. */
  readonly host?: Partial<HostConfig>;
}

/** Cells of a world that has grown too large to be copied for every word. */
const CELLS = 3000;

export function hostFor(paging: Paging, hasTables: boolean): HostConfig {
  const choice = {
    mmio: ['shadow'] as const,
    npt: paging === 'nested paging',
    nested: paging === 'nested guest',
    guestPaging: hasTables,
    userMemSlots: SLOTS,
  };
  return hostOf(choice, 'shadow');
}

/** Does the alphabet write a page table of the guest? */
export function usesTables({ setup }: Alphabet): boolean {
  return [...setup.entries].some(([page, entry]) => entry?.gfn !== page);
}

/** Has the port of an era guests with page tables? */
export function hasGuestPaging(system: SystemUnderTest): boolean {
  return onNewVm(
    system,
    hostFor('shadow paging', true),
    [0x40],
    (vm) => vm.guestPaging !== undefined,
  );
}

function onNewVm<T>(
  system: SystemUnderTest,
  host: HostConfig,
  pages: readonly number[],
  code: (vm: Vm) => T,
): T {
  const world = new World({
    threads: 1,
    allocator: 0,
    granularity: 'field',
    config: host as unknown as Record<string, unknown>,
  });
  const boot = () => system.boot(pages.map(BigInt));
  const { result: vm } = runDirectly(world, -1, boot, { isBoot: true });
  return runDirectly(world, 0, () => code(vm)).result;
}

/** Where a guest is after a word. */
interface Place {
  readonly word: string;
  readonly guest: PortGuest;
  readonly truth: Truth;
  readonly steps: readonly Predicted[];
}

/** Leads a guest of the model through each word in turn; a word ends where it would do nothing. */
function forEachWord<T>(
  { system, alphabet, paging, host: differing }: Model,
  words: readonly string[],
  use: (place: Place) => T,
): T[] {
  const found: T[] = [];
  const { setup } = alphabet;
  const host = { ...hostFor(paging, usesTables(alphabet)), ...differing };
  for (let at = 0; at < words.length; ) {
    onNewVm(system, host, [...setup.entries.keys()], (vm) => {
      const guest = new PortGuest(vm, system.era, paging, setup);
      const start = guest.save();
      for (; at < words.length && guest.size() < CELLS; at++) {
        guest.restore(start);
        const truth = new Truth(setup, paging === 'nested guest');
        const steps: Predicted[] = [];
        for (const letter of words[at]!) {
          const step = next(alphabet, letter, guest, truth);
          if (step === null) break;
          steps.push(step);
        }
        found.push(use({ word: words[at]!.slice(0, steps.length), guest, truth, steps }));
      }
    });
  }
  return found;
}

/** Does what a letter says; null if that would be nothing. */
function next({ letters }: Alphabet, letter: string, guest: PortGuest, truth: Truth) {
  const operation = letters[letter]!.operation(truth);
  if (operation === null) return null;
  // The model looks at memory and tables as the operation finds them.
  const port = guest.do(operation, truth);
  return { operation, port, allowed: truth.do(operation) };
}

/** What the model says of these words; a word ends before an operation that would do nothing. */
export function predict(model: Model, words: readonly string[]): Sequence[] {
  return forEachWord(model, words, ({ word, steps }) => ({ word, steps }));
}

/** The same, with what the model does inside. */
export function predictWatched(model: Model, words: readonly string[]): Watched[][] {
  const { alphabet, paging, system } = model;
  const { setup } = alphabet;
  const host = hostFor(paging, usesTables(alphabet));
  return words.map((word) =>
    onNewVm(system, host, [...setup.entries.keys()], (vm) => {
      let events: MmuEvent[] = [];
      const guest = new PortGuest(
        watched(vm, (event) => events.push(event)),
        system.era,
        paging,
        setup,
      );
      const truth = new Truth(setup, paging === 'nested guest');
      const steps: Watched[] = [];
      for (const letter of word) {
        events = [];
        const step = next(alphabet, letter, guest, truth);
        if (step === null) break;
        steps.push({ ...step, events });
      }
      return steps;
    }),
  );
}

/**
 * All words up to the alphabet's length, and beyond it each way to go on from a state that is new;
 * none the beginning of another.
 */
export function allWords(model: Model): string[] {
  const { length, further } = model.alphabet;
  const seen = new Set<string>();
  const kept: string[] = [];
  let words = [''];
  for (let n = 1; n <= further && words.length > 0; n++) {
    const longer = forEachWord(model, words, (place) => longerBy(model, place)).flat();
    kept.push(...longer.map(({ word }) => word).filter((word) => isSeen(word, model.alphabet)));
    const isNew = ({ state }: { readonly state: string }) => {
      const isKnown = seen.has(state);
      seen.add(state);
      return !isKnown || n < length;
    };
    words = longer.filter(isNew).map(({ word }) => word);
  }
  return kept.sort().filter((word, i) => kept[i + 1]?.startsWith(word) !== true);
}

/** The word and one letter more, and where each leads. */
function longerBy({ alphabet }: Model, { word, guest, truth }: Place) {
  const here = guest.save();
  return Object.keys(alphabet.letters).flatMap((letter) => {
    guest.restore(here);
    const after = truth.copy();
    if (next(alphabet, letter, guest, after) === null) return [];
    return [{ word: word + letter, state: `${guest.state()} ${after.state()}` }];
  });
}

/** A word that ends with what nobody sees shows no more than one without it. */
function isSeen(word: string, { letters }: Alphabet): boolean {
  return letters[word.at(-1)!]!.isSeen === true;
}

/** Random words of a length, from a seed. */
export function randomWords(model: Model, seed: number, count: number, length: number): string[] {
  const names = Object.keys(model.alphabet.letters);
  const chance = xorshift(seed);
  const words = Array.from({ length: count }, () =>
    Array.from({ length: length * 2 }, () => names[chance() % names.length]!),
  );
  return words.map((letters) => withoutIdle(model, letters, length));
}

/** Leaves out what would do nothing where it stands. */
function withoutIdle(
  { alphabet, paging }: Model,
  letters: readonly string[],
  length: number,
): string {
  const truth = new Truth(alphabet.setup, paging === 'nested guest');
  let word = '';
  for (const letter of letters) {
    if (word.length === length) break;
    const operation = alphabet.letters[letter]!.operation(truth);
    if (operation === null) continue;
    truth.do(operation);
    word += letter;
  }
  return word;
}

/** A generator of 32-bit numbers; the seed must not be 0. */
function xorshift(seed: number): () => number {
  let x = (seed * 0x9e3779b1) >>> 0 || 1;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    x >>>= 0;
    return x;
  };
}
