// SPDX-License-Identifier: GPL-2.0-only
// What may come next? Each letter is an operation on one guest; a sequence is a word. An alphabet
// is a set of letters that act on each other, so that short words already meet.

import type { Entry, Mode, Operation, Setup } from './operations.ts';
import type { Paging } from './port-guest.ts';
import type { Truth } from './truth.ts';

export interface Letter {
  readonly text: string;
  /** The operation as things stand; null if it would do nothing. */
  readonly operation: (truth: Truth) => Operation | null;
  /** Does it show anything of what came before? */
  readonly isSeen?: boolean;
}

export interface Alphabet {
  readonly name: string;
  readonly paging: readonly Paging[];
  readonly setup: Setup;
  readonly letters: Readonly<Record<string, Letter>>;
  /** Every word up to this length is tried. */
  readonly length: number;
  /** Beyond it, up to this length: of words that lead to the same state one goes on. */
  readonly further: number;
}

/** Virtual pages far enough apart that KVM never fetches the entry of one with another's. */
const A = 0x40;
const B = 0x50;
/** Where slots come and go, where there always is one, and where there never is one. */
const X = 0x10;
const Y = 0x20;
const NEVER = 0x30;
const LOG_DIRTY = 1;
const READONLY = 2;

const at = (gfn: number): NonNullable<Entry> => ({ gfn, isWritable: true, isExecutable: true });

function slot(slot: number, gfn: number, backing: number, pages = 1, flags = 0) {
  return { kind: 'slot', slot, gfn, pages, backing, flags } as const;
}

function access(text: string, page: number, mode: Mode, vcpu = 0): Letter {
  return { text, isSeen: true, operation: () => ({ kind: 'access', vcpu, page, mode }) };
}

/** The guest writes the entry of A. */
function write(text: string, next: (entry: Entry) => Entry | 'nothing'): Letter {
  return {
    text,
    operation: (truth) => {
      const entry = next(truth.entry(A));
      return entry === 'nothing' ? null : { kind: 'store', vcpu: 0, page: A, entry };
    },
  };
}

const create = (gfn: number, backing: number, flags: number, text: string): Letter => ({
  text,
  operation: (truth) => (truth.slot(0) === null ? slot(0, gfn, backing, 1, flags) : null),
});

const DELETE: Letter = {
  text: 'userspace deletes the slot',
  operation: (truth) => (truth.slot(0) === null ? null : slot(0, X, 3, 0)),
};

/** Letters of a guest that has a leaf page table which KVM shadows. */
const OF_TABLES = {
  r: access('guest reads A', A, 'read'),
  W: access('guest writes A', A, 'write'),
  X: access('guest runs A', A, 'fetch'),
  R: access('another vCPU reads A', A, 'read', 1),
  o: access('guest reads B', B, 'read'),
  w: {
    text: 'guest writes another entry of P',
    operation: () => ({ kind: 'store', vcpu: 0, page: B, entry: at(Y + 1) }),
  },
  m: write('guest maps A elsewhere', (entry) =>
    entry === null ? at(X) : { ...entry, gfn: entry.gfn === X ? Y : X },
  ),
  n: write('guest maps A to a device', (entry) => (entry?.gfn === NEVER ? 'nothing' : at(NEVER))),
  a: write('guest changes its right to write A', (entry) =>
    entry === null ? 'nothing' : { ...entry, isWritable: !entry.isWritable },
  ),
  x: write('guest changes its right to run A', (entry) =>
    entry === null ? 'nothing' : { ...entry, isExecutable: !entry.isExecutable },
  ),
  u: write('guest unmaps A', (entry) => (entry === null ? 'nothing' : null)),
  C: create(X, 3, 0, 'userspace creates a slot'),
  D: DELETE,
  c: { text: 'guest reloads CR3', operation: () => ({ kind: 'reload', vcpu: 0 }) },
  p: {
    text: 'guest does INVLPG of A',
    operation: () => ({ kind: 'invlpg', vcpu: 0, page: A }),
  },
} as const satisfies Readonly<Record<string, Letter>>;

/** Letters of slots; pages are gfns here. */
const OF_SLOTS = {
  r: access('guest reads X', X, 'read'),
  W: access('guest writes X', X, 'write'),
  X: access('guest runs X', X, 'fetch'),
  R: access('another vCPU reads X', X, 'read', 1),
  y: access('guest reads Y', Y, 'read'),
  o: access('guest reads a device', NEVER, 'read'),
  C: create(X, 3, 0, 'userspace creates a slot at X'),
  K: create(X, 4, READONLY, 'userspace creates a read-only slot at X'),
  D: DELETE,
  M: {
    text: 'userspace moves the slot between X and Y',
    operation: (truth) => {
      const there = truth.slot(0);
      if (there === null) return null;
      const backing = (there.flags & READONLY) !== 0 ? 4 : 3;
      return slot(0, there.gfn === X ? Y : X, backing, 1, there.flags);
    },
  },
  F: {
    text: 'userspace begins or ends to log dirty pages',
    operation: (truth) => {
      const there = truth.slot(0);
      if (there === null) return null;
      const backing = (there.flags & READONLY) !== 0 ? 4 : 3;
      return slot(0, there.gfn, backing, 1, there.flags ^ LOG_DIRTY);
    },
  },
  L: {
    text: 'userspace creates another slot at Y',
    operation: (truth) => (truth.slot(1) === null ? slot(1, Y, 5) : null),
  },
  f: {
    text: 'userspace begins or ends to log dirty pages of the other slot',
    operation: (truth) => {
      const there = truth.slot(1);
      return there === null ? null : slot(1, Y, 5, 1, there.flags ^ LOG_DIRTY);
    },
  },
  l: {
    text: 'userspace deletes the other slot',
    operation: (truth) => (truth.slot(1) === null ? null : slot(1, Y, 5, 0)),
  },
} as const satisfies Readonly<Record<string, Letter>>;

function pick<T extends string>(letters: Readonly<Record<T, Letter>>, names: string) {
  return Object.fromEntries([...names].map((name) => [name, letters[name as T]]));
}

const TABLES: Setup = {
  entries: new Map([
    [A, at(X)],
    [B, at(Y + 1)],
  ]),
  slots: [slot(1, Y, 5, 2)],
  others: [1],
};
/** A hypervisor has one vCPU. */
const OF_HYPERVISOR: Setup = { ...TABLES, others: [] };
const SLOTS: Setup = {
  entries: new Map([X, Y, NEVER].map((gfn) => [gfn, at(gfn)])),
  slots: [],
  others: [1],
};

export const ALPHABETS: readonly Alphabet[] = [
  {
    name: 'page tables',
    paging: ['shadow paging'],
    setup: TABLES,
    letters: pick(OF_TABLES, 'rowmCDcp'),
    length: 4,
    further: 6,
  },
  {
    name: 'forbidden writes',
    paging: ['shadow paging'],
    setup: TABLES,
    letters: pick(OF_TABLES, 'rWaCDc'),
    length: 3,
    further: 6,
  },
  {
    name: 'mappings',
    paging: ['shadow paging'],
    setup: TABLES,
    letters: pick(OF_TABLES, 'rWRomnaucp'),
    length: 3,
    further: 4,
  },
  {
    name: 'rights',
    paging: ['shadow paging'],
    setup: TABLES,
    letters: pick(OF_TABLES, 'WXmaxc'),
    length: 3,
    further: 4,
  },
  {
    name: 'hypervisor tables',
    paging: ['nested guest'],
    setup: OF_HYPERVISOR,
    letters: pick(OF_TABLES, 'rowmCDc'),
    length: 4,
    further: 6,
  },
  {
    name: 'hypervisor rights',
    paging: ['nested guest'],
    setup: OF_HYPERVISOR,
    letters: pick(OF_TABLES, 'rWXmnaxuc'),
    length: 3,
    further: 3,
  },
  {
    name: 'slots',
    paging: ['nested paging', 'shadow paging'],
    setup: SLOTS,
    letters: pick(OF_SLOTS, 'rWRyoCKDMFLl'),
    length: 3,
    further: 4,
  },
];

/** Many updates between a tag and its use. */
export const UPDATES: Alphabet = {
  name: 'many updates',
  paging: ['nested paging'],
  setup: SLOTS,
  letters: pick(OF_SLOTS, 'rCLf'),
  length: 1,
  further: 1,
};
