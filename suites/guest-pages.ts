// SPDX-License-Identifier: GPL-2.0-only
// A guest with a leaf page table P of its own, and userspace that makes and deletes a slot: what
// may each of them do next, and what must be true then? P may also be that of a hypervisor inside
// the guest, which runs a guest of its own on it. One run is one VM with one vCPU.

import { currentWorld, runDirectly } from '#explorer/run';
import type { Value } from '#explorer/world';
import type { Access, AccessMode, GuestPaging, RulesName, Vcpu, Vm } from '#vocabulary';
import { type EraRules, rulesOf } from './era-rules.ts';
import { settled } from './guest.ts';
import { A, B, type Letter, TAGGED_BY } from './guest-letters.ts';
import { type MemoryMap, pageAt, setMemoryRegion } from './memory-map.ts';
import { createSlot, deleteSlot, M, X, Y } from './scenario.ts';
import { type Fault, kindOfEntry, type Shadow, shadowFaults } from './shadow-rules.ts';

const SLOTS = 3;
/** Memory that a VM may grow by, in cells. */
const GROWN = 2900;

const CREATE = createSlot(0, X);
const DELETE = deleteSlot(0, X);
/** Memory that is there from the start: Y for A, and the page after it for B. */
const ALWAYS = createSlot(1, Y, 2n);

const PRESENT = 1n;
const WRITABLE = 2n;
const USER = 4n;
const NOT_EXECUTABLE = 1n << 63n;
const gfnOf = (gpte: bigint) => (gpte & ~NOT_EXECUTABLE) >> 12n;
const entry = (gfn: bigint) => (gfn << 12n) | PRESENT | WRITABLE | USER;
const B_ENTRY = entry(Y + 1n);
/** The entry with its rights, to another place; a new one if there is none. */
const moved = (gpte: bigint) => {
  const gfn = gfnOf(gpte);
  return gpte === 0n ? entry(X) : gpte ^ ((gfn ^ (gfn === X ? Y : X)) << 12n);
};

/** A vCPU, and what it may take A for: all that the entry said since its last flush. */
interface Cpu {
  readonly vcpu: Vcpu;
  readonly mayBe: readonly bigint[];
}

/** One VM with one vCPU, and what is right for it. */
export class GuestRun {
  readonly #vm: Vm;
  readonly #guest: GuestPaging;
  readonly #letters: readonly Letter[];
  readonly #isNested: boolean;
  readonly #rules: EraRules;
  readonly #cellsAtBoot = currentWorld().memory.length;
  /** The guest's own vCPU, and another one that only reads and never flushes. */
  #cpus: readonly [Cpu, Cpu];
  #map: MemoryMap = new Map();
  /** All that the entry of A ever said. */
  #ever: ReadonlySet<bigint> = new Set([entry(X)]);
  /** An entry has been tagged without a lookup: what comes of it is told apart. */
  #isRetagged = false;

  /** Prepares the VM: memory at Y, and a table that maps A to X, where no slot is. */
  constructor(
    vm: Vm,
    letters: readonly Letter[],
    { nested, era }: { readonly nested: boolean; readonly era: RulesName },
  ) {
    if (vm.guestPaging === undefined) throw new Error('the port has no guests with page tables');
    this.#vm = vm;
    this.#guest = vm.guestPaging;
    this.#letters = letters;
    this.#isNested = nested;
    this.#rules = rulesOf(era);
    const mayBe = [entry(X)];
    this.#cpus = [
      { vcpu: vm.vcpu(null), mayBe },
      { vcpu: vm.vcpu(null), mayBe },
    ];
    this.#update(ALWAYS);
    this.#guest.writePte(this.#cpus[0].vcpu, A, entry(X));
    this.#guest.writePte(this.#cpus[0].vcpu, B, B_ENTRY);
  }

  /** What can be done now, leaving out what would do nothing. */
  choices(): Letter[] {
    const hasSlot = this.#map.has(CREATE.region.slot);
    const gpte = this.#guest.pte(A);
    return this.#letters.filter((letter) => {
      if (letter === 'C') return !hasSlot;
      if (letter === 'D') return hasSlot;
      if (letter === 'n') return gfnOf(gpte) !== M;
      return !'uax'.includes(letter) || gpte !== 0n;
    });
  }

  /** All that decides what comes next. Two runs with the same text go on alike. */
  state(): string {
    const vm = this.#vm;
    const guest = this.#guest;
    const shadow = [vm.spte(A), vm.spte(B), guest.pte(A), guest.isShadowed(), guest.isUnsync()];
    // Nobody asks a vCPU that does nothing.
    const cpus = this.#letters.includes('R') ? this.#cpus : [this.#cpus[0]];
    const vcpus = cpus.flatMap(({ vcpu, mayBe }) => [...vm.carry(vcpu), ...[...mayBe].sort(), '|']);
    const truth = [...this.#map.keys(), '|', this.#isRetagged];
    return [vm.generation(), ...shadow, ...vcpus, ...truth].join(' ');
  }

  /** Where the run stands, to come back to. */
  save(): Saved {
    const carried = this.#cpus.map(({ vcpu }) => this.#vm.carry(vcpu));
    const truth = [this.#map, this.#cpus, this.#ever, this.#isRetagged] as const;
    return { memory: currentWorld().memory.slice(), carried, truth };
  }

  /** Has so much been allocated that a new VM is cheaper than to copy this one's memory? */
  isLarge(): boolean {
    return currentWorld().memory.length - this.#cellsAtBoot > GROWN;
  }

  /** Goes back. What was allocated meanwhile stays, where nobody finds it. */
  restore({ memory, carried, truth }: Saved): void {
    const world = currentWorld();
    for (let i = 0; i < memory.length; i++) world.memory[i] = memory[i]!;
    [this.#map, this.#cpus, this.#ever, this.#isRetagged] = truth;
    const [first, other] = this.#cpus;
    this.#cpus = [
      { ...first, vcpu: this.#vm.vcpu(carried[0]!) },
      { ...other, vcpu: this.#vm.vcpu(carried[1]!) },
    ];
  }

  /** Does what the letter says, and judges it. */
  take(letter: Letter): Fault[] {
    // Only what exits to KVM's MMU, or has it zap everything, does anything to an entry.
    if (!'rWXRocpD'.includes(letter)) return this.#do(letter);
    const start = this.save();
    const before = this.#shadow();
    const faults = this.#do(letter);
    const after = this.#shadow();
    const isTagged = after.kinds.some((kind, i) => kind === 'valid' && before.kinds[i] === 'old');
    if (isTagged && !this.#lookedUp(letter, start)) {
      this.#isRetagged = true;
      const what = `an old entry is tagged anew${TAGGED_BY[letter] ?? ''}`;
      faults.push({ invariant: 'no-retag-without-lookup', what });
    }
    const isSame = this.#cpus[0].mayBe.every((gpte) => gpte === this.#guest.pte(A));
    faults.push(...shadowFaults(letter, { before, after, isSame }, this.#rules));
    if (letter === 'c' || letter === 'p') faults.push(...this.#flushed());
    return faults;
  }

  /** Did doing this look the slots up? It is done again: only lookups read the slots' fields. */
  #lookedUp(letter: Letter, start: Saved): boolean {
    const end = this.save();
    this.restore(start);
    const options = { wantTrace: true, wantSites: false };
    const { trace } = runDirectly(currentWorld(), 0, () => this.#do(letter), options);
    this.restore(end);
    return trace.some(({ step }) => /base_gfn|npages/.test(step.describe().text));
  }

  #shadow(): Shadow {
    const sptes = [this.#vm.spte(A), this.#vm.spte(B)];
    const kinds = sptes.map((spte) => kindOfEntry(this.#vm.mmio, this.#rules, spte));
    return { sptes, kinds, isThere: this.#guest.isShadowed(), isUnsync: this.#guest.isUnsync() };
  }

  #do(letter: Letter): Fault[] {
    const guest = this.#guest;
    const [own, other] = this.#cpus;
    const gpte = guest.pte(A);
    if (letter === 'r') return this.#access(own, 'read');
    if (letter === 'W') return this.#access(own, 'write');
    if (letter === 'X') return this.#access(own, 'fetch');
    if (letter === 'R') return this.#access(other, 'read');
    if (letter === 'o') return this.#readOther(own.vcpu);
    if (letter === 'C') return this.#update(CREATE);
    if (letter === 'D') return this.#update(DELETE);
    // The processor does not know whether a write changes anything.
    if (letter === 'w') guest.writePte(own.vcpu, B, B_ENTRY);
    else if (letter === 'm') this.#write(moved(gpte));
    else if (letter === 'n') this.#write(entry(M));
    else if (letter === 'a') this.#write(gpte ^ WRITABLE);
    else if (letter === 'x') this.#write(gpte ^ NOT_EXECUTABLE);
    else if (letter === 'u') this.#write(0n);
    else if (letter === 'c') guest.reloadCr3(own.vcpu);
    else guest.invlpg(own.vcpu, A);
    return [];
  }

  #write(gpte: bigint): void {
    const [own, other] = this.#cpus;
    this.#guest.writePte(own.vcpu, A, gpte);
    const add = ({ vcpu, mayBe }: Cpu): Cpu => ({ vcpu, mayBe: [...new Set([...mayBe, gpte])] });
    this.#cpus = [add(own), add(other)];
    this.#ever = new Set([...this.#ever, gpte]);
  }

  #update({ region }: typeof CREATE): Fault[] {
    const { map, result: expected } = setMemoryRegion(this.#map, region, SLOTS);
    const result = this.#vm.setMemoryRegion(region);
    this.#map = map;
    if (result === expected) return [];
    return [{ invariant: 'arguments-checked', what: `${result}, not ${expected}` }];
  }

  /** By the slots of now, is this an answer that the entry of A may give to the vCPU? */
  #access({ vcpu, mayBe }: Cpu, mode: AccessMode): Fault[] {
    const access = settled(this.#vm, vcpu, A, mode);
    const { kind } = access;
    if (kind === 'mapped' || kind === 'retry')
      return [{ invariant: 'progress', what: `a ${mode} never answers` }];
    if (kind === 'error') return [{ invariant: 'memory-as-asked', what: 'KVM gives up' }];
    if (mayBe.some((gpte) => this.#isAnswer(gpte, access, mode))) {
      if (kind === 'guest-fault') this.#faulted(vcpu);
      return kind.startsWith('mmio') ? this.#remembered({ vcpu, mayBe }, mode) : [];
    }
    if (kind === 'guest-fault')
      return [{ invariant: 'sync-follows-guest', what: 'what the guest allows faults' }];
    if ([...this.#ever].some((gpte) => this.#isAnswer(gpte, access, mode)))
      return [{ invariant: 'sync-follows-guest', what: 'the answer is that of an old entry' }];
    if (kind === 'ram') return [{ invariant: 'no-mapping-after-flush', what: 'stale RAM' }];
    const via = kind === 'mmio-spte' ? 'SPTE' : kind === 'mmio-vcpu' ? 'vCPU cache' : 'lookup';
    const cause = this.#isRetagged ? ', after an old entry was tagged anew' : '';
    return [{ invariant: 'stale-after-update', what: `${via}${cause}` }];
  }

  /** The guest was told that its entry forbids this: what that says counts for the vCPU then. */
  #faulted(vcpu: Vcpu): void {
    const gpte = this.#guest.pte(A);
    if (!this.#rules.forgetsAtGuestFault || (gpte & PRESENT) === 0n) return;
    const told = (cpu: Cpu): Cpu => (cpu.vcpu === vcpu ? { ...cpu, mayBe: [gpte] } : cpu);
    this.#cpus = [told(this.#cpus[0]), told(this.#cpus[1])];
  }

  #isAnswer(gpte: bigint, { kind, pfn }: Access, mode: AccessMode): boolean {
    const needed = mode === 'write' ? PRESENT | WRITABLE : PRESENT;
    const isAllowed =
      (gpte & needed) === needed && (mode !== 'fetch' || (gpte & NOT_EXECUTABLE) === 0n);
    // What an MMIO access may do is checked by the emulator, which no port has.
    const isLeft = (gpte & PRESENT) !== 0n && kind.startsWith('mmio');
    if (!isAllowed && !isLeft) return kind === 'guest-fault';
    const behind = pageAt(this.#map, { gfn: gfnOf(gpte), space: 0 });
    return behind === null ? kind.startsWith('mmio') : kind === 'ram' && pfn === behind;
  }

  /** An MMIO access is emulated at the gfn that the vCPU keeps, and the next one finds it there. */
  #remembered({ vcpu, mayBe }: Cpu, mode: AccessMode): Fault[] {
    const { gfn } = this.#vm.internals.vcpuCache.contents(vcpu);
    if (!mayBe.some((gpte) => gfnOf(gpte) === gfn))
      return [{ invariant: 'vcpu-cache-exact', what: 'another gfn is emulated' }];
    const again = settled(this.#vm, vcpu, A, mode);
    // The cache of the vCPU holds no address of a guest of the guest.
    if (again.kind === (this.#isNested ? 'mmio-spte' : 'mmio-vcpu')) return [];
    return [{ invariant: 'cache-effective-at-rest', what: 'a second access asks again' }];
  }

  #readOther(vcpu: Vcpu): Fault[] {
    const access = settled(this.#vm, vcpu, B, 'read');
    if (this.#isAnswer(B_ENTRY, access, 'read')) return [];
    return [{ invariant: 'memory-as-asked', what: 'another page is not what it was' }];
  }

  /** From now on A is what its entry says, and so must the entry be that shadows it. */
  #flushed(): Fault[] {
    const gpte = this.#guest.pte(A);
    this.#cpus = [{ ...this.#cpus[0], mayBe: [gpte] }, this.#cpus[1]];
    const { mmio } = this.#vm;
    const spte = this.#vm.spte(A);
    if (spte === 0n || !mmio.isMmio(spte)) return [];
    const rights = gpte & (WRITABLE | USER);
    const isFollowed =
      gpte !== 0n && mmio.gfnOf(spte) === gfnOf(gpte) && BigInt(mmio.accessOf(spte)) === rights;
    return isFollowed ? [] : [{ invariant: 'sync-follows-guest', what: 'an old entry stays' }];
  }
}

interface Saved {
  readonly memory: readonly number[];
  readonly carried: readonly (readonly Value[])[];
  readonly truth: readonly [MemoryMap, readonly [Cpu, Cpu], ReadonlySet<bigint>, boolean];
}
