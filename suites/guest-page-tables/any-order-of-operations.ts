// SPDX-License-Identifier: GPL-2.0-only
// A guest with a page table of its own reads, writes the table and flushes, and userspace makes and
// deletes a slot, in any order: does every access answer by the slots of its time, and does the
// shadow follow the table? The same is asked of a hypervisor in the guest and the guest that it
// runs. Every sequence up to a length is tried, shorter ones first; of those
// that lead to the same state, one goes on. What breaks a rule is told by the first sequence that
// does, so it is a shortest one.

import type { RulesName } from '#vocabulary';
import { A, B, type Letter, told } from '../guest-letters.ts';
import { GuestRun } from '../guest-pages.ts';
import type { HostChoice, SequentialScenario, Subject } from '../scenario.ts';
import type { Fault } from '../shadow-rules.ts';

interface Alphabet {
  readonly name: string;
  readonly letters: readonly Letter[];
  /** Sequences have at most so many letters. */
  readonly length: number;
  /** What was done before, as a word. */
  readonly begin?: string;
  /** Those that it can tell something about; all if it is not there. */
  readonly eras?: readonly RulesName[];
  /** The table is that of a hypervisor in the guest, which the processor walks no further. */
  readonly nested?: boolean;
}

/**
 * Those whose ports run a guest of the guest, count unsync pages in the page above, and forget what
 * they know of an address when the guest faults there.
 */
const NEW_ERAS: readonly RulesName[] = ['v5.11', 'v6.12'];

const ALPHABETS: readonly Alphabet[] = [
  { name: 'slots', letters: ['r', 'o', 'w', 'm', 'C', 'D', 'c', 'p'], length: 6 },
  { name: 'mappings', letters: ['r', 'W', 'R', 'o', 'm', 'n', 'a', 'u', 'c', 'p'], length: 5 },
  { name: 'rights', letters: ['W', 'X', 'm', 'a', 'x', 'c'], length: 5 },
  { name: 'faults', letters: ['r', 'W', 'a', 'm', 'C', 'D'], length: 6, eras: NEW_ERAS },
  {
    name: 'nested',
    letters: ['r', 'W', 'o', 'w', 'm', 'a', 'C', 'D', 'c'],
    length: 5,
    eras: NEW_ERAS,
    nested: true,
  },
  { name: 'zapped', letters: ['r', 'm', 'c', 'p'], begin: 'rwCD', length: 4, eras: NEW_ERAS },
];

const HOST: HostChoice = { mmio: ['shadow'], guestPaging: true, addressSpaces: 1 };

export const scenarios: readonly SequentialScenario[] = ALPHABETS.map((alphabet) => ({
  kind: 'sequential',
  id: `guest-page-tables/any-order-of-operations.${alphabet.name}`,
  eras: alphabet.eras ?? null,
  // The entry that changes is the last one: a loop that ends early leaves it as it is.
  gfns: [B, A],
  host: alphabet.nested === true ? { ...HOST, npt: true, nested: true } : HOST,
  exhausts: boundOf(alphabet),
  check: (subject) => checkAll(subject, alphabet),
}));

/** Of orders that lead to the same state one goes on, and none from what is wrong already. */
function boundOf({ letters, length, begin = '', nested }: Alphabet): string {
  const before = begin === '' ? '' : ` after ${told(begin, nested)}`;
  const what = `any order of up to ${length} of ${letters.length} operations`;
  return `${what} that leads to a new state${before}`;
}

/** Tries all sequences; returns how many there were. */
function checkAll(subject: Subject, alphabet: Alphabet): number {
  const first = new Map<string, { fault: Fault; word: string }>();
  const seen = new Set<string>();
  let words = [alphabet.begin ?? ''];
  let checked = 0;
  for (let length = 1; length <= alphabet.length; length++) {
    const longer: string[] = [];
    for (const { next, faults, state } of continuations(subject, alphabet, words)) {
      checked++;
      for (const fault of faults) {
        const key = `${fault.invariant}: ${fault.what}`;
        if (!first.has(key)) first.set(key, { fault, word: next });
      }
      const isWrong = faults.some(({ invariant }) => invariant !== 'no-retag-without-lookup');
      // What is wrong already would be blamed on what comes later.
      if (isWrong || seen.has(state)) continue;
      seen.add(state);
      longer.push(next);
    }
    words = longer;
  }
  for (const { fault, word } of first.values())
    subject.report(fault.invariant, `${fault.what}: ${told(word, alphabet.nested)}`);
  return checked;
}

interface Continuation {
  readonly next: string;
  readonly faults: readonly Fault[];
  readonly state: string;
}

/** Each word and one letter more, for all letters that can follow. */
function continuations(
  { fresh, era }: Subject,
  { letters, nested = false }: Alphabet,
  words: readonly string[],
): Continuation[] {
  const found: Continuation[] = [];
  for (let at = 0; at < words.length; ) {
    fresh({}, (vm) => {
      const run = new GuestRun(vm, letters, { nested, era });
      const boot = run.save();
      // What was allocated stays, so a VM is used until it has grown large.
      for (; at < words.length && !run.isLarge(); at++) {
        run.restore(boot);
        for (const letter of words[at]!) run.take(letter as Letter);
        found.push(...after(run, words[at]!));
      }
    });
  }
  return found;
}

function after(run: GuestRun, word: string): Continuation[] {
  const here = run.save();
  return run.choices().map((letter) => {
    run.restore(here);
    const faults = run.take(letter);
    return { next: `${word}${letter}`, faults, state: run.state() };
  });
}
