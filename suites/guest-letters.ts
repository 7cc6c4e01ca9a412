// SPDX-License-Identifier: GPL-2.0-only
// What can a guest with a page table of its own do, and userspace beside it? A letter each, so that
// a sequence is a word, and how a word is told to a person.

const PAGE = 0x1000n;

/** Virtual pages, far enough apart that KVM never fetches the entry of one with another's. */
export const A = 0x40n;
export const B = 0x50n;

const address = (page: bigint) => `gva 0x${(page * PAGE).toString(16)}`;

/** What can be done, in the order in which it is tried, and how it is told. */
export const LETTERS = {
  r: `guest reads ${address(A)}`,
  W: `guest writes ${address(A)}`,
  X: `guest runs ${address(A)}`,
  R: `another vCPU reads ${address(A)}`,
  o: `guest reads ${address(B)}`,
  w: 'guest writes another entry of P',
  m: `guest maps ${address(A)} elsewhere`,
  n: `guest maps ${address(A)} to a device`,
  a: `guest changes its right to write ${address(A)}`,
  x: `guest changes its right to run ${address(A)}`,
  u: `guest unmaps ${address(A)}`,
  C: 'userspace creates a slot',
  D: 'userspace deletes the slot',
  c: 'guest reloads CR3',
  p: `guest does INVLPG of ${address(A)}`,
} as const;

export type Letter = keyof typeof LETTERS;

/** The same where P is the table by which a hypervisor in the guest maps its own guest's memory. */
const NESTED_LETTERS: Readonly<Partial<Record<Letter, string>>> = {
  r: `inner guest reads gpa 0x${(A * PAGE).toString(16)}`,
  W: `inner guest writes gpa 0x${(A * PAGE).toString(16)}`,
  o: `inner guest reads gpa 0x${(B * PAGE).toString(16)}`,
  w: 'hypervisor writes another entry of P',
  m: `hypervisor maps gpa 0x${(A * PAGE).toString(16)} elsewhere`,
  a: `hypervisor changes the right to write gpa 0x${(A * PAGE).toString(16)}`,
  c: 'hypervisor enters its guest',
};

/** The word as steps that a person can follow. */
export function told(word: string, isNested = false): string {
  const text = (letter: Letter) => (isNested && NESTED_LETTERS[letter]) || LETTERS[letter];
  return [...word].map((letter) => text(letter as Letter)).join('; ');
}

/** What an entry was tagged by that nobody looked up the slots for. */
export const TAGGED_BY: Readonly<Partial<Record<Letter, string>>> = {
  p: ' by INVLPG',
  r: ' by an access',
  o: ' by an access',
  R: ' by an access',
  W: ' by an access',
  X: ' by an access',
};
