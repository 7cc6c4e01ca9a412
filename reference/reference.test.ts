// SPDX-License-Identifier: GPL-2.0-only
// What do the ports do when nothing runs beside them? Every claim here holds for one thread.

import { describe, expect, test } from 'vitest';
import { currentWorld, PortError, runDirectly } from '#explorer/run';
import type { AccessKind, HostConfig, SystemUnderTest, UserMemoryRegion, Vm } from '#vocabulary';
import { direct, GFNS } from './direct.ts';
import { system as v316 } from './systems/v3.16.ts';
import { system as v317 } from './systems/v3.17.ts';
import { system as v319 } from './systems/v3.19.ts';

const PAGE = 0x1000n;
const X = GFNS[0]!;
const Y = GFNS[1]!;
const EINVAL = -22;
const EEXIST = -17;
const ENOMEM = -12;
const INVALID = 0x1_0000;
const LOG_DIRTY = 1;
const READONLY = 2;

const SYSTEMS: readonly SystemUnderTest[] = [v316, v317, v319];
const MASKS: readonly HostConfig['mmio'][] = ['ept', 'shadow'];
const RUNS = SYSTEMS.flatMap((system) => MASKS.map((mmio) => ({ era: system.era, system, mmio })));

/** Slot 0 over X, one page, backed by the host page 0x200. */
function region(changes: Partial<UserMemoryRegion> = {}): UserMemoryRegion {
  return {
    slot: 0,
    flags: 0,
    guest_phys_addr: X * PAGE,
    memory_size: PAGE,
    userspace_addr: 0x20_0000n,
    ...changes,
  };
}

const create = (vm: Vm, changes: Partial<UserMemoryRegion> = {}) =>
  vm.setMemoryRegion(region(changes));
const remove = (vm: Vm, changes: Partial<UserMemoryRegion> = {}) =>
  vm.setMemoryRegion(region({ memory_size: 0n, ...changes }));

/** The kinds of `times` accesses of one vCPU to the page of gfn. */
function accesses(vm: Vm, gfn: bigint, times: number, vcpu = vm.vcpu(null)): AccessKind[] {
  return Array.from({ length: times }, () => vm.access(vcpu, gfn * PAGE).kind);
}

describe.each(RUNS)('$era under the $mmio mask', ({ system, mmio }) => {
  test('without a slot an access is MMIO: looked up once, then cached in both caches', () => {
    const { result, events } = direct(system, { mmio }, (vm) => [
      accesses(vm, X, 2),
      accesses(vm, X, 2),
    ]);
    expect(result).toEqual([
      ['mmio-lookup', 'mmio-vcpu'],
      ['mmio-spte', 'mmio-vcpu'],
    ]);
    expect(events).toEqual([]);
  });

  test('an access to a slot maps the page of its userspace address and then reaches it', () => {
    const { result, events } = direct(system, { mmio }, (vm) => {
      const vcpu = vm.vcpu(null);
      const created = create(vm, { memory_size: 2n * PAGE });
      const kinds = accesses(vm, Y, 2, vcpu);
      return { created, kinds, ram: vm.access(vcpu, Y * PAGE + 8n), hva: vm.lookup(Y) };
    });
    expect(result).toEqual({
      created: 0,
      kinds: ['mapped', 'ram'],
      ram: { kind: 'ram', pfn: 0x201n },
      hva: 0x20_1000n,
    });
    expect(events).toEqual([]);
  });

  test('a slot created over an MMIO SPTE is used by the next access of a new vCPU', () => {
    const { result, events } = direct(system, { mmio }, (vm) => {
      const before = accesses(vm, X, 1);
      return [...before, create(vm), ...accesses(vm, X, 2), vm.lookup(X), vm.lookup(Y)];
    });
    expect(result).toEqual(['mmio-lookup', 0, 'mapped', 'ram', 0x20_0000n, null]);
    expect(events).toEqual([]);
  });

  test('an exit opens one read-side section, and an access to a present page opens none', () => {
    const { result } = direct(system, { mmio }, (vm) => {
      const vcpu = vm.vcpu(null);
      create(vm);
      return [X, X, Y, Y].map((gfn) => {
        const access = () => vm.access(vcpu, gfn * PAGE).kind;
        const { result: kind, trace } = runDirectly(currentWorld(), 0, access, { wantTrace: true });
        return [kind, trace.filter(({ step }) => step.section === 1).length];
      });
    });
    expect(result).toEqual([
      ['mapped', 1],
      ['ram', 0],
      ['mmio-lookup', 1],
      ['mmio-vcpu', 1],
    ]);
  });

  test('a deleted slot leaves no mapping, and its gfn is MMIO again', () => {
    const { result, events } = direct(system, { mmio }, (vm) => {
      create(vm);
      const before = accesses(vm, X, 2);
      const removed = remove(vm);
      return { before, removed, spte: vm.spte(X), slots: vm.slots(), after: accesses(vm, X, 2) };
    });
    expect(result).toEqual({
      before: ['mapped', 'ram'],
      removed: 0,
      spte: 0n,
      slots: [],
      after: ['mmio-lookup', 'mmio-vcpu'],
    });
    expect(events).toEqual([]);
  });

  test('a moved slot leaves its old gfn and serves its new one', () => {
    const { result, events } = direct(system, { mmio }, (vm) => {
      create(vm);
      accesses(vm, X, 1);
      accesses(vm, Y, 1);
      const moved = create(vm, { guest_phys_addr: Y * PAGE });
      return { moved, x: accesses(vm, X, 1), y: accesses(vm, Y, 2), slots: vm.slots() };
    });
    expect(result).toEqual({
      moved: 0,
      x: ['mmio-lookup'],
      y: ['mapped', 'ram'],
      slots: [
        {
          id: 0,
          base_gfn: Y,
          npages: 1n,
          userspace_addr: 0x20_0000n,
          flags: 0,
          index: 0,
          ownsMemory: true,
        },
      ],
    });
    expect(events).toEqual([]);
  });

  test('a change of flags keeps the mapping', () => {
    const { result, events } = direct(system, { mmio }, (vm) => {
      create(vm);
      accesses(vm, X, 1);
      const changed = create(vm, { flags: LOG_DIRTY });
      return { changed, kinds: accesses(vm, X, 1), flags: vm.slots().map((slot) => slot.flags) };
    });
    expect(result).toEqual({ changed: 0, kinds: ['ram'], flags: [LOG_DIRTY] });
    expect(events).toEqual([]);
  });

  test('used slots come first, in the order of the era, and id_to_index finds each', () => {
    const { result, events } = direct(system, { mmio }, (vm) => {
      create(vm, { slot: 0, guest_phys_addr: 0x100n * PAGE, memory_size: PAGE });
      create(vm, { slot: 1, guest_phys_addr: 0x200n * PAGE, memory_size: 3n * PAGE });
      create(vm, { slot: 2, guest_phys_addr: 0x300n * PAGE, memory_size: 2n * PAGE });
      const all = vm.slots().map(({ id, index }) => [id, index]);
      remove(vm, { slot: 1 });
      return { all, left: vm.slots().map(({ id, index }) => [id, index]) };
    });
    expect(result).toEqual({
      // From the largest to the smallest, or from the highest gfn to the lowest.
      all: (system === v319 ? [2, 1, 0] : [1, 2, 0]).map((id, index) => [id, index]),
      left: [
        [2, 0],
        [0, 1],
      ],
    });
    expect(events).toEqual([]);
  });

  test('a read-only slot is mapped for reads', () => {
    const { result } = direct(system, { mmio }, (vm) => {
      create(vm, { flags: READONLY });
      return { kinds: accesses(vm, X, 2), writable: vm.spte(X) & 2n };
    });
    expect(result).toEqual({ kinds: ['mapped', 'ram'], writable: 0n });
  });

  test('MMIO SPTEs give back gfn and access, without the execute bit', () => {
    const { result } = direct(system, { mmio }, (vm) =>
      [0n, 1n, X, 0xabcdefn, (1n << 28n) - 1n].flatMap((gfn) =>
        [0, 2, 4, 7].map((access) => {
          const spte = vm.mmio.mark(gfn, access);
          const same =
            vm.mmio.isMmio(spte) &&
            vm.mmio.gfnOf(spte) === gfn &&
            vm.mmio.generationOf(spte) === vm.mmio.currentGeneration();
          return same ? vm.mmio.accessOf(spte) : `gfn ${gfn}`;
        }),
      ),
    );
    // Bits 1 and 2 are part of the EPT mask, so the access bits are stripped with it.
    const expected = mmio === 'ept' ? [0, 0, 0, 0] : [0, 2, 4, 6];
    expect(result).toEqual([0, 1, 2, 3, 4].flatMap(() => expected));
  });

  test('generations of the whole range survive an SPTE, and each has its own bits', () => {
    const step = system !== v316 ? 2 : 1;
    const { result, events } = direct(system, { mmio }, (vm) => {
      const mask = vm.mmio.mmioMask();
      const max = vm.mmio.generationMax();
      let wrong = 0;
      let overlapping = 0;
      const seen = new Set<bigint>();
      for (let gen = 0; gen <= max; gen += step) {
        const bits = vm.mmio.generationMask(gen);
        if ((bits & mask) !== 0n) overlapping++;
        if (vm.mmio.generationOf(bits | mask) !== gen) wrong++;
        seen.add(bits);
      }
      return { max, wrong, overlapping, encodings: seen.size };
    });
    expect(result).toEqual({
      max: system !== v316 ? 0xf_ffff : 0x7_ffff,
      wrong: 0,
      overlapping: 0,
      encodings: 0x8_0000,
    });
    expect(events).toEqual([]);
  });

  test('an error of kvm_arch_prepare_memory_region() leaves the invalid slot installed', () => {
    const { result, events } = direct(system, { mmio, failPrepare: [2] }, (vm) => {
      create(vm);
      accesses(vm, X, 1);
      const failed = remove(vm);
      const flags = vm.slots().map((slot) => slot.flags);
      const during = { failed, flags, kinds: accesses(vm, X, 2), hva: vm.lookup(X) };
      return { ...during, again: remove(vm), left: vm.slots() };
    });
    expect(result).toEqual({
      failed: ENOMEM,
      flags: [INVALID],
      kinds: ['mmio-lookup', 'mmio-vcpu'],
      hva: null,
      again: 0,
      left: [],
    });
    expect(events).toEqual([]);
  });

  test('an error before anything was installed changes nothing', () => {
    const { result, events } = direct(system, { mmio, failPrepare: [1] }, (vm) => {
      const before = vm.generation();
      const failed = create(vm);
      return { failed, same: vm.generation() === before, slots: vm.slots(), again: create(vm) };
    });
    expect(result).toEqual({ failed: ENOMEM, same: true, slots: [], again: 0 });
    expect(events).toEqual([]);
  });

  test.each([
    ['create', 'memslots 0a', []],
    ['delete', 'memslots 0b', [0]],
  ] as const)('%s without memory for the copy fails and changes nothing', (_, name, left) => {
    const { result, events } = direct(system, { mmio, failAllocations: [name] }, (vm) => {
      const first = create(vm);
      const before = vm.generation();
      const second = first === 0 ? remove(vm) : first;
      const same = vm.generation() === before;
      return { second, same, ids: vm.slots().map((slot) => slot.id) };
    });
    expect(result).toEqual({ second: ENOMEM, same: true, ids: [...left] });
    expect(events).toEqual([]);
  });
});

describe.each(SYSTEMS)('$era', (system) => {
  const LARGE = 1n << 31n;
  const BAD: [string, number, Partial<UserMemoryRegion>][] = [
    ['an unknown flag', EINVAL, { slot: 1, flags: 4 }],
    ['the flag that marks invalid slots', EINVAL, { slot: 1, flags: INVALID }],
    ['a size that is not whole pages', EINVAL, { slot: 1, memory_size: 0x1001n }],
    ['a guest address inside a page', EINVAL, { slot: 1, guest_phys_addr: 0x1_0200n }],
    ['a userspace address inside a page', EINVAL, { slot: 1, userspace_addr: 0x20_0004n }],
    ['a kernel address', EINVAL, { slot: 1, userspace_addr: 0xffff_8800_0000_0000n }],
    ['a range that leaves userspace', EINVAL, { slot: 1, userspace_addr: 0x7fff_ffff_f000n }],
    ['a slot number out of range', EINVAL, { slot: 3 }],
    ['a range that wraps', EINVAL, { slot: 1, guest_phys_addr: (1n << 64n) - PAGE }],
    ['too many pages', EINVAL, { slot: 1, guest_phys_addr: LARGE, memory_size: LARGE * PAGE }],
    ['another userspace address', EINVAL, { userspace_addr: 0x30_0000n }],
    ['another size', EINVAL, { memory_size: 4n * PAGE }],
    ['a change of READONLY', EINVAL, { flags: READONLY }],
    ['the deletion of a slot that is not there', EINVAL, { slot: 1, memory_size: 0n }],
    [
      'a slot over the first page of another',
      EEXIST,
      { slot: 1, guest_phys_addr: 0xf000n, memory_size: 2n * PAGE },
    ],
    ['a slot over the last page of another', EEXIST, { slot: 1, guest_phys_addr: 0x1_1000n }],
    [
      'a slot around another',
      EEXIST,
      { slot: 1, guest_phys_addr: 0xf000n, memory_size: 4n * PAGE },
    ],
    ['nothing changed', 0, {}],
  ];

  test.each(BAD)('%s gives %i and installs nothing', (_, errno, changes) => {
    const { result, events } = direct(system, {}, (vm) => {
      create(vm, { memory_size: 2n * PAGE });
      const before = [vm.generation(), vm.slots()];
      const r = vm.setMemoryRegion(region({ memory_size: 2n * PAGE, ...changes }));
      return { r, before, after: [vm.generation(), vm.slots()] };
    });
    expect(result.r).toBe(errno);
    expect(result.after).toEqual(result.before);
    expect(events).toEqual([]);
  });

  test('a slot that wraps past the last address is refused before its userspace is used', () => {
    const { result } = direct(system, {}, (vm) =>
      create(vm, { guest_phys_addr: (1n << 64n) - PAGE, memory_size: 2n * PAGE }),
    );
    expect(result).toBe(EINVAL);
  });

  test('a slot of the largest size is accepted, and one page more is not', () => {
    const { result } = direct(system, {}, (vm) => [
      create(vm, { guest_phys_addr: 0n, memory_size: (LARGE - 1n) * PAGE }),
      create(vm, { slot: 1, guest_phys_addr: LARGE * PAGE, memory_size: LARGE * PAGE }),
    ]);
    expect(result).toEqual([0, EINVAL]);
  });

  test('adjacent slots do not overlap', () => {
    const { result } = direct(system, {}, (vm) => [
      create(vm, { memory_size: 2n * PAGE }),
      create(vm, { slot: 1, guest_phys_addr: (X - 1n) * PAGE }),
      create(vm, { slot: 2, guest_phys_addr: (X + 2n) * PAGE }),
      vm.slots().length,
    ]);
    expect(result).toEqual([0, 0, 0, 3]);
  });

  test('a move onto another slot gives -EEXIST, a move onto its own pages is done', () => {
    const { result } = direct(system, {}, (vm) => [
      create(vm, { memory_size: 2n * PAGE }),
      create(vm, { slot: 1, guest_phys_addr: 0x20n * PAGE }),
      create(vm, { slot: 1, guest_phys_addr: Y * PAGE }),
      create(vm, { guest_phys_addr: Y * PAGE, memory_size: 2n * PAGE }),
      vm.lookup(X),
      vm.lookup(Y),
    ]);
    expect(result).toEqual([0, 0, EEXIST, 0, null, 0x20_0000n]);
  });

  test('a deletion ignores the flag for dirty logging', () => {
    const { result } = direct(system, {}, (vm) => [
      create(vm),
      remove(vm, { flags: LOG_DIRTY }),
      vm.slots(),
    ]);
    expect(result).toEqual([0, 0, []]);
  });

  test.each([
    ['create', 1n],
    ['flags', 1n],
    ['move', 2n],
    ['delete', 2n],
  ] as const)('%s makes %i installs', (what, installs) => {
    const { result } = direct(system, {}, (vm) => {
      if (what !== 'create') create(vm);
      const before = vm.generation();
      if (what === 'create') create(vm);
      if (what === 'flags') create(vm, { flags: LOG_DIRTY });
      if (what === 'move') create(vm, { guest_phys_addr: Y * PAGE });
      if (what === 'delete') remove(vm);
      return vm.generation() - before;
    });
    expect(result).toBe(system !== v316 ? 2n * installs : installs);
  });

  /** How many installs until an MMIO SPTE is zapped, counted from the start and from each zap. */
  function installsUntilZap(host: Partial<HostConfig>, zaps: number): number[] {
    return direct(system, host, (vm) => {
      const counts: number[] = [];
      create(vm);
      let installs = 1;
      for (let flags = LOG_DIRTY; counts.length < zaps; flags ^= LOG_DIRTY) {
        accesses(vm, Y, 1);
        if (vm.spte(Y) === 0n) throw new Error('there is no SPTE to zap');
        create(vm, { flags });
        installs++;
        if (vm.spte(Y) !== 0n) continue;
        counts.push(installs);
        installs = 0;
      }
      return counts;
    }).result;
  }

  test('the first wrap zaps after 150 increments, with the numbers of the era', () => {
    expect(installsUntilZap({}, 1)).toEqual([system !== v316 ? 75 : 150]);
  });

  test('a generation of four bits wraps every 16 increments', () => {
    const host = { generationBits: { low: 2, high: 2 } };
    const period = system !== v316 ? 8 : 16;
    expect(installsUntilZap(host, 3).slice(1)).toEqual([period, period]);
  });

  test('gfn 0 is never cached by the vCPU', () => {
    const { result } = direct(system, {}, (vm) => accesses(vm, 0n, 3));
    expect(result).toEqual(['mmio-lookup', 'mmio-spte', 'mmio-spte']);
  });

  test('what a vCPU carries restores its cache', () => {
    const { result } = direct(system, {}, (vm) => {
      const vcpu = vm.vcpu(null);
      accesses(vm, X, 1, vcpu);
      return accesses(vm, X, 1, vm.vcpu(vm.carry(vcpu)));
    });
    expect(result).toEqual(['mmio-vcpu']);
  });

  test('without reserved bits an MMIO SPTE is not present, and every access is looked up', () => {
    const host: Partial<HostConfig> = { mmio: 'shadow', maxphyaddr: 52 };
    const { result } = direct(system, host, (vm) => [accesses(vm, X, 3), vm.spte(X) & 1n]);
    expect(result).toEqual([['mmio-lookup', 'mmio-lookup', 'mmio-lookup'], 0n]);
  });
});

test('a scenario that names a gfn which boot() was not given is at fault, not the port', () => {
  const strange = 0x999n;
  for (const use of [
    (vm: Vm) => vm.spte(strange),
    (vm: Vm) => vm.access(vm.vcpu(null), strange * PAGE),
    (vm: Vm) => vm.internals.writeSpte(strange, 0n),
  ])
    expect(() => direct(v317, {}, use)).toThrow(PortError);
});

describe('what sets the eras apart', () => {
  test('v3.16 honours a cached MMIO access after a slot was created over it', () => {
    const run = (system: SystemUnderTest) =>
      direct(system, {}, (vm) => {
        const vcpu = vm.vcpu(null);
        accesses(vm, X, 1, vcpu);
        create(vm);
        return accesses(vm, X, 2, vcpu);
      }).result;
    expect(run(v316)).toEqual(['mmio-vcpu', 'mmio-vcpu']);
    expect(run(v317)).toEqual(['mapped', 'ram']);
  });

  test('v3.17 never finds an odd generation in an SPTE', () => {
    const { result } = direct(v317, {}, (vm) => {
      let matches = 0;
      for (let gen = 1; gen <= vm.mmio.generationMax(); gen += 2) {
        if (vm.mmio.generationOf(vm.mmio.generationMask(gen)) === gen) matches++;
      }
      return matches;
    });
    expect(result).toBe(0);
  });

  test('v3.17 and v3.19 start at -150 and are even at rest, v3.16 starts at 0', () => {
    expect(direct(v317, {}, (vm) => vm.generation()).result).toBe((1n << 64n) - 150n);
    expect(direct(v319, {}, (vm) => vm.generation()).result).toBe((1n << 64n) - 150n);
    expect(direct(v316, {}, (vm) => vm.generation()).result).toBe(0n);
    expect(direct(v317, { generationStart: 8n }, (vm) => vm.generation()).result).toBe(8n);
  });

  test('v3.17 warns when it installs over an odd generation', () => {
    const { events } = direct(v317, { generationStart: 7n }, (vm) => create(vm));
    expect(events.map(({ kind, detail }) => `${kind} ${detail}`)).toEqual([
      'WARN install_new_memslots',
    ]);
  });

  test('v3.16 reads its generation with a bias that changes its parity', () => {
    const { result } = direct(v316, {}, (vm) => [vm.mmio.currentGeneration(), create(vm)]);
    expect(result).toEqual([0x7_ffff - 150, 0]);
  });
});
