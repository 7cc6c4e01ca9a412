// SPDX-License-Identifier: GPL-2.0-only
// A guest with a leaf page table P of its own, and userspace that makes and deletes a slot: what
// may each of them do next, and what must be true then? One run is one VM with one vCPU; what is
// done is a letter each, so that a sequence is a word.

import { currentWorld, runDirectly } from '#explorer/run';
import type { Value } from '#explorer/world';
import type { Access, GuestPaging, Vcpu, Vm } from '#vocabulary';
import { settled } from './guest.ts';
import { type MemoryMap, pageAt, setMemoryRegion } from './memory-map.ts';
import { createSlot, deleteSlot, X, Y } from './scenario.ts';

const PAGE = 0x1000n;
const SLOTS = 3;
const CELLS = 3000;

/** Virtual pages, far enough apart that KVM never fetches the entry of one with another's. */
export const A = 0x40n;
export const B = 0x50n;

const CREATE = createSlot(0, X);
const DELETE = deleteSlot(0, X);
/** Memory that is there from the start: Y for A, and the page after it for B. */
const ALWAYS = createSlot(1, Y, 2n);

const PRESENT = 1n;
const WRITABLE = 2n;
const USER = 4n;
const X_ENTRY = (X << 12n) | PRESENT | WRITABLE | USER;
/** Rights that differ from those above: an entry that keeps the old ones shows. */
const Y_ENTRY = (Y << 12n) | PRESENT | USER;
const B_ENTRY = ((Y + 1n) << 12n) | PRESENT | WRITABLE | USER;

const address = (page: bigint) => `gva 0x${(page * PAGE).toString(16)}`;

/** What can be done, in the order in which it is tried, and how it is told. */
export const LETTERS = {
  r: `guest reads ${address(A)}`,
  o: `guest reads ${address(B)}`,
  w: 'guest writes another entry of P',
  m: `guest maps ${address(A)} to another gfn`,
  u: `guest unmaps ${address(A)}`,
  C: 'userspace creates a slot',
  D: 'userspace deletes the slot',
  c: 'guest reloads CR3',
  p: `guest does INVLPG of ${address(A)}`,
} as const;

export type Letter = keyof typeof LETTERS;

/** The word as steps that a person can follow. */
export function told(word: string): string {
  return [...word].map((letter) => LETTERS[letter as Letter]).join('; ');
}

export interface Fault {
  readonly invariant: string;
  readonly what: string;
}

/** What P says of a page: the gfn, or null where it maps nothing. */
type Named = bigint | null;

/** One VM with one vCPU, and what is right for it. */
export class GuestRun {
  readonly #vm: Vm;
  readonly #guest: GuestPaging;
  #vcpu: Vcpu;
  #map: MemoryMap;
  /** What A may be taken for: all that its entry said since the last flush. */
  #mayBe: readonly Named[] = [X];
  /** All that the entry of A ever said. */
  #ever: ReadonlySet<Named> = new Set([X]);
  /** An entry has been tagged without a lookup: what comes of it is told apart. */
  #isRetagged = false;

  /** Prepares the VM: memory at Y, and a table that maps A to X, where no slot is. */
  constructor(vm: Vm, guest: GuestPaging) {
    this.#vm = vm;
    this.#guest = guest;
    this.#vcpu = vm.vcpu(null);
    this.#map = new Map();
    this.#update(ALWAYS);
    guest.writePte(this.#vcpu, A, X_ENTRY);
    guest.writePte(this.#vcpu, B, B_ENTRY);
  }

  /** What can be done now, leaving out what would do nothing. */
  choices(): Letter[] {
    const hasSlot = this.#map.has(CREATE.region.slot);
    const isMapped = this.#guest.pte(A) !== 0n;
    return (Object.keys(LETTERS) as Letter[]).filter((letter) => {
      if (letter === 'C') return !hasSlot;
      if (letter === 'D') return hasSlot;
      return letter !== 'u' || isMapped;
    });
  }

  /** All that decides what comes next. Two runs with the same text go on alike. */
  state(): string {
    const vm = this.#vm;
    const guest = this.#guest;
    const shadow = [vm.spte(A), vm.spte(B), guest.pte(A), guest.isShadowed(), guest.isUnsync()];
    const truth = [...this.#map.keys(), '|', ...this.#mayBe, '|', this.#isRetagged];
    return [vm.generation(), ...shadow, ...vm.carry(this.#vcpu), ...truth].join(' ');
  }

  /** Where the run stands, to come back to. */
  save(): Saved {
    const truth = [this.#map, this.#mayBe, this.#ever, this.#isRetagged] as const;
    return { memory: currentWorld().memory.slice(), vcpu: this.#vm.carry(this.#vcpu), truth };
  }

  /** Has so much been allocated that a new VM is cheaper than to copy this one's memory? */
  isLarge(): boolean {
    return currentWorld().memory.length > CELLS;
  }

  /** Goes back. What was allocated meanwhile stays, where nobody finds it. */
  restore({ memory, vcpu, truth }: Saved): void {
    const world = currentWorld();
    for (let i = 0; i < memory.length; i++) world.memory[i] = memory[i]!;
    this.#vcpu = this.#vm.vcpu(vcpu);
    [this.#map, this.#mayBe, this.#ever, this.#isRetagged] = truth;
  }

  /** Does what the letter says, and judges it. */
  take(letter: Letter): Fault[] {
    // Only what exits to KVM's MMU can tag an entry.
    if (!'rocp'.includes(letter)) return this.#do(letter);
    const start = this.save();
    const before = [this.#entry(A), this.#entry(B)];
    const faults = this.#do(letter);
    const after = [this.#entry(A), this.#entry(B)];
    const isTagged = after.some((entry, i) => entry === 'valid' && before[i] === 'old');
    if (isTagged && !this.#lookedUp(letter, start)) {
      this.#isRetagged = true;
      faults.push({ invariant: 'no-retag-without-lookup', what: 'an old entry is tagged anew' });
    }
    if (letter === 'c' && before[0] === 'valid' && after[0] === 'none' && this.#isUnchanged())
      faults.push({ invariant: 'cache-effective-at-rest', what: 'a sync drops a valid entry' });
    if (letter === 'c' || letter === 'p') this.#flushed(faults);
    return faults;
  }

  /** Did doing this look the slots up? It is done again: only lookups read the slots' fields. */
  #lookedUp(letter: Letter, start: Saved): boolean {
    const end = this.save();
    this.restore(start);
    const options = { wantTrace: true };
    const { trace } = runDirectly(currentWorld(), 0, () => this.#do(letter), options);
    this.restore(end);
    return trace.some(({ step }) => /base_gfn|npages/.test(step.describe().text));
  }

  #entry(page: bigint): 'none' | 'ram' | 'old' | 'valid' {
    const { mmio } = this.#vm;
    const spte = this.#vm.spte(page);
    if (spte === 0n) return 'none';
    if (!mmio.isMmio(spte)) return 'ram';
    return mmio.generationOf(spte) === mmio.currentGeneration() ? 'valid' : 'old';
  }

  #do(letter: Letter): Fault[] {
    const guest = this.#guest;
    if (letter === 'r') return this.#read(A, this.#mayBe, this.#ever);
    if (letter === 'o') return this.#read(B, [Y + 1n], new Set());
    if (letter === 'C') return this.#update(CREATE);
    if (letter === 'D') return this.#update(DELETE);
    // The processor does not know whether a write changes anything.
    if (letter === 'w') guest.writePte(this.#vcpu, B, B_ENTRY);
    else if (letter === 'm') this.#write(guest.pte(A) === X_ENTRY ? Y_ENTRY : X_ENTRY);
    else if (letter === 'u') this.#write(0n);
    else if (letter === 'c') guest.reloadCr3(this.#vcpu);
    else guest.invlpg(this.#vcpu, A);
    return [];
  }

  #write(gpte: bigint): void {
    this.#guest.writePte(this.#vcpu, A, gpte);
    const named = namedBy(gpte);
    this.#mayBe = [...new Set([...this.#mayBe, named])];
    this.#ever = new Set([...this.#ever, named]);
  }

  #update({ region }: typeof CREATE): Fault[] {
    const { map, result: expected } = setMemoryRegion(this.#map, region, SLOTS);
    const result = this.#vm.setMemoryRegion(region);
    this.#map = map;
    if (result === expected) return [];
    return [{ invariant: 'arguments-checked', what: `${result}, not ${expected}` }];
  }

  /** By the slots of now, is this an answer that an entry may give? */
  #read(page: bigint, mayBe: readonly Named[], ever: ReadonlySet<Named>): Fault[] {
    const access = settled(this.#vm, this.#vcpu, page, 'read');
    const { kind } = access;
    if (kind === 'mapped' || kind === 'retry')
      return [{ invariant: 'progress', what: 'a read never answers' }];
    if (kind === 'error') return [{ invariant: 'memory-as-asked', what: 'KVM gives up' }];
    if (mayBe.some((named) => this.#isAnswer(named, access))) return [];
    if (kind === 'guest-fault')
      return [{ invariant: 'sync-follows-guest', what: 'a page that is mapped faults' }];
    if ([...ever].some((named) => named !== null && this.#isAnswer(named, access)))
      return [{ invariant: 'sync-follows-guest', what: 'the answer is that of another gfn' }];
    if (kind === 'ram') return [{ invariant: 'no-mapping-after-flush', what: 'stale RAM' }];
    const via = kind === 'mmio-spte' ? 'SPTE' : kind === 'mmio-vcpu' ? 'vCPU cache' : 'lookup';
    const cause = this.#isRetagged ? ', after an old entry was tagged anew' : '';
    return [{ invariant: 'stale-after-update', what: `${via}${cause}` }];
  }

  #isAnswer(named: Named, { kind, pfn }: Access): boolean {
    if (named === null) return kind === 'guest-fault';
    const behind = pageAt(this.#map, named);
    return behind === null ? kind.startsWith('mmio') : kind === 'ram' && pfn === behind;
  }

  #isUnchanged(): boolean {
    return this.#mayBe.length === 1;
  }

  /** From now on A is what its entry says, and so is the entry that shadows it. */
  #flushed(faults: Fault[]): void {
    const gpte = this.#guest.pte(A);
    this.#mayBe = [namedBy(gpte)];
    const { mmio } = this.#vm;
    const spte = this.#vm.spte(A);
    const fault = (what: string) => faults.push({ invariant: 'sync-follows-guest', what });
    if (spte === 0n) return;
    if (gpte === 0n) fault('the entry of an unmapped page stays');
    else if (!mmio.isMmio(spte)) {
      if ((spte & WRITABLE) !== 0n && (gpte & WRITABLE) === 0n)
        fault('the rights are the old ones');
    } else if (mmio.gfnOf(spte) !== gpte >> 12n) fault('the gfn is the old one');
    else if (BigInt(mmio.accessOf(spte)) !== (gpte & (WRITABLE | USER)))
      fault('the rights are the old ones');
  }
}

interface Saved {
  readonly memory: readonly number[];
  readonly vcpu: readonly Value[];
  readonly truth: readonly [MemoryMap, readonly Named[], ReadonlySet<Named>, boolean];
}

function namedBy(gpte: bigint): Named {
  return (gpte & PRESENT) === 0n ? null : gpte >> 12n;
}
