// SPDX-License-Identifier: GPL-2.0-only
// What can a guest and its userspace do, and what can they see? The words that the model and the
// kernel have in common: both are told the same operations, and what both say is compared as text.

export type Mode = 'read' | 'write' | 'fetch';

/** An entry of the guest's leaf table P; null is one that is not present. */
export type Entry = {
  readonly gfn: number;
  readonly isWritable: boolean;
  readonly isExecutable: boolean;
} | null;

/** A call of KVM_SET_USER_MEMORY_REGION. Slot 0 is the first one that a sequence may use. */
export interface SlotCall {
  readonly kind: 'slot';
  readonly slot: number;
  readonly gfn: number;
  /** 0 deletes the slot. */
  readonly pages: number;
  /** The page of userspace that lies behind the first one. */
  readonly backing: number;
  /** 1 dirty pages are logged, 2 read-only. */
  readonly flags: number;
}

export type Operation =
  | SlotCall
  | { readonly kind: 'access'; readonly vcpu: number; readonly page: number; readonly mode: Mode }
  | { readonly kind: 'store'; readonly vcpu: number; readonly page: number; readonly entry: Entry }
  | { readonly kind: 'reload'; readonly vcpu: number }
  | { readonly kind: 'invlpg'; readonly vcpu: number; readonly page: number };

/** What is there before the first operation: entries by page, and slots. */
export interface Setup {
  readonly entries: ReadonlyMap<number, Entry>;
  readonly slots: readonly SlotCall[];
  /** vCPUs beside the first one that have run before, so that they have a root to begin with. */
  readonly others: readonly number[];
}

/**
 * What was seen, as text: `RAM 3` is the page of userspace that was met, `MMIO 0x10` a gfn; see
 * the functions below for the others.
 */
export type Seen = string;

export const ram = (backing: number): Seen => `RAM ${backing}`;
export const mmio = (gfn: number): Seen => `MMIO 0x${gfn.toString(16)}`;
export const FAULT: Seen = 'fault of the guest';
export const GIVES_UP: Seen = 'KVM gives up';
export const DONE: Seen = 'done';
export const result = (value: number): Seen => `returns ${value}`;

/** Low memory of the guest, where its code lies, ends below this gfn. */
export const FIRST_GFN = 0x100;
/** Present, user, accessed, dirty. */
const ENTRY_BITS = 0x65;
const ENTRY_WRITABLE = 2;
const ORDERS: ReadonlyMap<Mode, string> = new Map([
  ['read', 'r'],
  ['write', 'w'],
  ['fetch', 'x'],
]);

const hex = (value: number) => value.toString(16);

/** How an operation is told to the probe; see probe/cases.c. */
export function wordOf(operation: Operation): string {
  switch (operation.kind) {
    case 'slot': {
      const { slot, gfn, pages, backing, flags } = operation;
      return `S${[slot + 1, gfn + FIRST_GFN, pages, backing, flags].map(hex).join(':')}`;
    }
    case 'access':
      return `${ORDERS.get(operation.mode)!}${operation.vcpu}:${hex(operation.page)}`;
    case 'store':
      return `P${operation.vcpu}:${hex(operation.page)}:${bitsOf(operation.entry)}`;
    case 'reload':
      return `c${operation.vcpu}`;
    case 'invlpg':
      return `i${operation.vcpu}:${hex(operation.page)}`;
  }
}

/** What userspace does before the guest runs, told to the probe. */
export function setupWords({ entries, slots, others }: Setup): string[] {
  const written = [...entries].map(([page, entry]) => `E${hex(page)}:${bitsOf(entry)}`);
  return [...written, ...slots.map(wordOf), ...others.map((vcpu) => `c${vcpu}`)];
}

/** An entry as the processor reads it, in hexadecimal digits. */
function bitsOf(entry: Entry): string {
  if (entry === null) return '0';
  const bits = ENTRY_BITS + (entry.isWritable ? ENTRY_WRITABLE : 0);
  const low = hex((entry.gfn + FIRST_GFN) * 0x1000 + bits);
  return entry.isExecutable ? low : `8${low.padStart(15, '0')}`;
}

/** What the probe saw; null if it is nothing that can be compared. */
export function seenOf(token: string): Seen | null {
  const [, kind = '', digits = ''] = /^([.rmfes])(-?[0-9a-f]*)$/.exec(token) ?? [];
  const value = Number.parseInt(digits, 16);
  switch (kind) {
    case '.':
      return DONE;
    case 'r':
      return ram(value);
    case 'm':
      return mmio(value - FIRST_GFN);
    case 'f':
      return FAULT;
    case 'e':
      return GIVES_UP;
    case 's':
      return result(value === 0 ? 0 : -value);
    default:
      return null;
  }
}
