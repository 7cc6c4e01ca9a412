// SPDX-License-Identifier: GPL-2.0-only
// What does the port of v5.11 do in one thread: its slots, its numbers, its SPTEs? Functions are
// called under their kernel names, without a machine around them.

import { describe, expect, test } from 'vitest';
import { type RunEvent, runDirectly } from '#explorer/run';
import { World } from '#explorer/world';
import { mutex_lock, mutex_unlock } from '#linux/mutex';
import { pgtable_init } from '#linux/pgtable';
import { spin_lock, spin_unlock } from '#linux/spinlock';
import { srcu_read_lock, srcu_read_unlock } from '#linux/srcu';
import type { kernel_buffer } from '#linux/uaccess';
import type { HostConfig } from '#vocabulary';
import { HOST } from './direct.ts';
import { kvm_userspace_memory_region } from './v3.16/include/uapi/linux/kvm.ts';
import { HF_SMM_MASK, spte_t } from './v5.11/arch/x86/include/asm/kvm_host.ts';
import * as mmu from './v5.11/arch/x86/kvm/mmu/mmu.ts';
import {
  RET_PF_EMULATE,
  RET_PF_INVALID,
  RET_PF_RETRY,
} from './v5.11/arch/x86/kvm/mmu/mmu_internal.h.ts';
import * as spte_h from './v5.11/arch/x86/kvm/mmu/spte.h.ts';
import * as spte from './v5.11/arch/x86/kvm/mmu/spte.ts';
import * as x86_h from './v5.11/arch/x86/kvm/x86.h.ts';
import {
  __kvm_memslots,
  id_to_memslot,
  KVM_MEMSLOT_GEN_UPDATE_IN_PROGRESS,
  KVM_MEMSLOT_INVALID,
  type kvm,
  kvm_is_visible_memslot,
  kvm_vcpu,
  search_memslots,
} from './v5.11/include/linux/kvm_host.ts';
import { gfn_to_hva_cache } from './v5.11/include/linux/kvm_types.ts';
import * as main from './v5.11/virt/kvm/kvm_main.ts';

const PAGE = 0x1000n;
const X = 0x10n;
const GFNS: readonly bigint[] = [X, 0x11n, 0n];
const EINVAL = -22;
const EEXIST = -17;
const ENOMEM = -12;
const EFAULT = -14;
const FLAG = KVM_MEMSLOT_GEN_UPDATE_IN_PROGRESS;
const MASKS: readonly HostConfig['mmio'][] = ['ept', 'shadow'];

interface Ran<T> {
  readonly result: T;
  readonly events: readonly RunEvent[];
}

/** Runs `code` as the only thread of a new VM. */
function run<T>(host: Partial<HostConfig>, code: (kvm: kvm) => T): Ran<T> {
  const config = { ...HOST, ...host } as unknown as Record<string, unknown>;
  const world = new World({ threads: 1, allocator: 0, granularity: 'object', config });
  const boot = () => {
    pgtable_init(GFNS, String);
    return main.kvm_create_vm()!;
  };
  const vm = runDirectly(world, -1, boot, { isBoot: true }).result;
  return runDirectly(world, 0, () => code(vm));
}

/** The same for code without warnings: its result. */
function quiet<T>(host: Partial<HostConfig>, code: (kvm: kvm) => T): T {
  const { result, events } = run(host, code);
  expect(events).toEqual([]);
  return result;
}

/** KVM_SET_USER_MEMORY_REGION; the page of gfn g comes from userspace page 0x200 + g. */
function set(vm: kvm, slot: number, gfn: bigint, pages = 1n, flags = 0, page = 0x200n): number {
  const mem = kvm_userspace_memory_region.local();
  mem.slot = slot;
  mem.flags = flags;
  mem.guest_phys_addr = gfn * PAGE;
  mem.memory_size = pages * PAGE;
  mem.userspace_addr = (page + BigInt(slot & 0xff) * 0x100n) * PAGE;
  return main.kvm_vm_ioctl_set_memory_region(vm, mem);
}

function vcpuOf(vm: kvm, isInSmm = false): kvm_vcpu {
  const vcpu = kvm_vcpu.local();
  vcpu.kvm = vm;
  vcpu.arch.hflags = isInSmm ? HF_SMM_MASK : 0;
  return vcpu;
}

function reading<T>(vm: kvm, code: () => T): T {
  const idx = srcu_read_lock(vm.srcu);
  const value = code();
  srcu_read_unlock(vm.srcu, idx);
  return value;
}

function locked<T>(vm: kvm, code: () => T): T {
  mutex_lock(vm.slots_lock);
  const value = code();
  mutex_unlock(vm.slots_lock);
  return value;
}

const generation = (vm: kvm, as_id = 0) => locked(vm, () => __kvm_memslots(vm, as_id).generation);
const setGeneration = (vm: kvm, as_id: number, gen: bigint) =>
  locked(vm, () => {
    __kvm_memslots(vm, as_id).generation = gen;
  });

/** The used entries in array order: id and base_gfn. */
function slotsOf(vm: kvm, as_id = 0): [number, bigint][] {
  return locked(vm, () => {
    const slots = __kvm_memslots(vm, as_id);
    return Array.from({ length: slots.used_slots }, (_, i): [number, bigint] => {
      const { id, base_gfn } = slots.memslots[i]!;
      expect(slots.id_to_index[id]).toBe(i);
      return [id, base_gfn];
    });
  });
}

function fault(vm: kvm, vcpu: kvm_vcpu, gfn: bigint, error_code = 0): number {
  return reading(vm, () => mmu.kvm_mmu_page_fault(vcpu, gfn * PAGE, error_code));
}

describe('slots', () => {
  test('a new VM has no slot in either address space, and their numbers differ', () => {
    const result = quiet({}, (vm) => [
      slotsOf(vm, 0),
      slotsOf(vm, 1),
      generation(vm),
      generation(vm, 1),
    ]);
    expect(result).toEqual([[], [], 0n, 1n]);
  });

  test('slots lie by falling base_gfn, whatever the order of the calls', () => {
    const result = quiet({}, (vm) => {
      const states = [];
      set(vm, 1, 0x20n);
      states.push(slotsOf(vm));
      set(vm, 0, 0x30n);
      states.push(slotsOf(vm));
      set(vm, 2, 0n);
      states.push(slotsOf(vm));
      set(vm, 0, 0x10n);
      states.push(slotsOf(vm));
      set(vm, 2, 0x40n);
      states.push(slotsOf(vm));
      set(vm, 1, 0n, 0n);
      states.push(slotsOf(vm));
      return states;
    });
    expect(result).toEqual([
      [[1, 0x20n]],
      [
        [0, 0x30n],
        [1, 0x20n],
      ],
      [
        [0, 0x30n],
        [1, 0x20n],
        [2, 0n],
      ],
      [
        [1, 0x20n],
        [0, 0x10n],
        [2, 0n],
      ],
      [
        [2, 0x40n],
        [1, 0x20n],
        [0, 0x10n],
      ],
      [
        [2, 0x40n],
        [0, 0x10n],
      ],
    ]);
  });

  test('bits 16 and up of a slot number name the address space; ids are counted in each', () => {
    const result = quiet({}, (vm) => [
      set(vm, 0, X),
      set(vm, 0x1_0000, X),
      set(vm, 0x2_0000, X),
      set(vm, 3, X),
      set(vm, 1, X),
      slotsOf(vm, 0),
      slotsOf(vm, 1),
      generation(vm, 0),
      generation(vm, 1),
    ]);
    expect(result).toEqual([0, 0, EINVAL, EINVAL, EEXIST, [[0, X]], [[0, X]], 2n, 3n]);
  });

  test('with one address space there is no second one, and an install adds one', () => {
    const result = quiet({ addressSpaces: 1 }, (vm) => [
      set(vm, 0, X),
      set(vm, 0x1_0000, X),
      generation(vm),
    ]);
    expect(result).toEqual([0, EINVAL, 1n]);
  });

  test('create and flags are one install; delete and move are two, also when they fail', () => {
    const result = quiet({ failPrepare: [5, 6] }, (vm) => {
      const steps = [];
      for (const call of [
        () => set(vm, 0, X),
        () => set(vm, 0, X, 1n, 1),
        () => set(vm, 0, 0x11n, 1n, 1),
        () => set(vm, 1, 0x20n),
        () => set(vm, 0, X, 1n, 1),
        () => set(vm, 0, X, 0n),
        () => set(vm, 0, X, 0n),
      ]) {
        const before = generation(vm);
        steps.push([call(), (generation(vm) - before) / 2n]);
      }
      return steps;
    });
    expect(result).toEqual([
      [0, 1n],
      [0, 1n],
      [0, 2n],
      [0, 1n],
      [ENOMEM, 2n],
      [ENOMEM, 2n],
      [0, 2n],
    ]);
  });

  test.each(['move', 'delete'])('a %s that fails leaves the slot as it was', (what) => {
    const result = quiet({ failPrepare: [2] }, (vm) => {
      set(vm, 0, X);
      const r = what === 'move' ? set(vm, 0, 0x11n) : set(vm, 0, X, 0n);
      const flags = locked(vm, () => id_to_memslot(__kvm_memslots(vm, 0), 0)!.flags);
      return [r, slotsOf(vm), flags, reading(vm, () => main.gfn_to_hva(vm, X))];
    });
    expect(result).toEqual([ENOMEM, [[0, X]], 0, 0x200n * PAGE]);
  });

  test('an entry behind those that were allocated is out of bounds', () => {
    const { events } = run({}, (vm) => {
      set(vm, 0, X);
      locked(vm, () => [1, 2].map((i) => __kvm_memslots(vm, 0).memslots[i]!.npages));
    });
    expect(events.map(({ kind, detail }) => `${kind}: ${detail}`)).toEqual([
      'out-of-bounds: read of kvm_memslots->memslots[1].npages',
      'out-of-bounds: read of kvm_memslots->memslots[2].npages',
    ]);
  });

  test('what is written behind the end is not there', () => {
    const { events } = run({}, (vm) => {
      locked(vm, () => {
        const slots = __kvm_memslots(vm, 0);
        slots.memslots[0]!.npages = 1n;
        return slots.memslots[0]!.npages;
      });
    });
    expect(events.map(({ kind }) => kind)).toEqual(['out-of-bounds']);
  });

  test('a search finds the slot of every gfn and reads nothing outside', () => {
    const result = quiet({}, (vm) => {
      const none = reading(vm, () => search_memslots(__kvm_memslots(vm, 0), X));
      set(vm, 0, 4n, 2n);
      set(vm, 1, 8n);
      set(vm, 2, 1n);
      const found = Array.from({ length: 11 }, (_, gfn) =>
        reading(vm, () => search_memslots(__kvm_memslots(vm, 0), BigInt(gfn))?.id ?? null),
      );
      return [none, found];
    });
    const no = null;
    expect(result).toEqual([null, [no, 2, no, no, 0, 0, no, no, 1, no, no]]);
  });

  test('a lookup in SMM asks the second address space', () => {
    const result = quiet({}, (vm) => {
      set(vm, 0x1_0001, X);
      return [false, true].map((isInSmm) =>
        reading(vm, () => main.kvm_vcpu_gfn_to_memslot(vcpuOf(vm, isInSmm), X)?.id ?? null),
      );
    });
    expect(result).toEqual([null, 1]);
  });

  test('memory that cannot be had for the copy changes nothing', () => {
    const result = quiet({ failAllocations: ['memslots 0c'] }, (vm) => [
      set(vm, 0, X),
      set(vm, 0, X, 0n),
      slotsOf(vm),
      generation(vm),
    ]);
    expect(result).toEqual([0, ENOMEM, [[0, X]], 2n]);
  });
});

describe.each(MASKS)('SPTEs under the %s mask', (mmio) => {
  const accesses = mmio === 'ept' ? 0 : 6;

  test('every generation of 18 bits comes back, and no two are alike', () => {
    const { different, wrong } = quiet({ mmio }, () => {
      const seen = new Set<bigint>();
      let bad = 0;
      for (let gen = 0n; gen < 262_144n; gen++) {
        const mask = spte.generation_mmio_spte_mask(gen);
        seen.add(mask);
        if (spte_h.get_mmio_spte_generation(mask) !== gen) bad++;
      }
      return { different: seen.size, wrong: bad };
    });
    expect({ different, wrong }).toEqual({ different: 262_144, wrong: 0 });
  });

  test('fields lie where the kernel has them', () => {
    expect(
      quiet({ mmio }, () => [
        spte_h.MMIO_SPTE_GEN_LOW_MASK(),
        spte_h.MMIO_SPTE_GEN_HIGH_MASK(),
        spte_h.MMIO_SPTE_GEN_MASK(),
        spte.shadow_mmio_value(),
        spte.shadow_mmio_access_mask(),
      ]),
    ).toEqual([
      0xff8n,
      0x7fc0_0000_0000_0000n,
      0x3_ffffn,
      mmio === 'ept' ? 0x30_0000_0000_0006n : 0x38_0000_0000_0001n,
      accesses,
    ]);
  });

  test.each([false, true])('gfn and access come back, with five bits moved: %s', (l1tf) => {
    const bad = quiet({ mmio, l1tf }, (vm) => {
      const vcpu = vcpuOf(vm);
      const wrong: unknown[] = [];
      for (let bit = 0n; bit < 28n; bit++) {
        for (const gfn of [1n << bit, (1n << 28n) - 1n - (1n << bit)]) {
          const made = reading(vm, () => spte.make_mmio_spte(vcpu, gfn, 7));
          const isRight =
            spte_h.is_mmio_spte(made) &&
            mmu.get_mmio_spte_gfn(made) === gfn &&
            mmu.get_mmio_spte_access(made) === accesses &&
            made < 1n << 64n;
          if (!isRight) wrong.push([gfn, made]);
        }
      }
      return wrong;
    });
    expect(bad).toEqual([]);
  });

  test('against the L1 terminal fault bits 39 to 43 are ones and the address moves up', () => {
    const made = quiet({ mmio, l1tf: true }, (vm) =>
      reading(vm, () => spte.make_mmio_spte(vcpuOf(vm), (1n << 27n) | 1n, 0)),
    );
    expect(made & 0x000f_ffff_ffff_f000n & ~(1n << 51n)).toBe(0x1f80_0000_1000n);
  });

  test('an entry made in the window holds the number before it and is not valid in it', () => {
    const result = quiet({ mmio }, (vm) => {
      setGeneration(vm, 0, 6n | FLAG);
      const vcpu = vcpuOf(vm);
      const made = reading(vm, () => spte.make_mmio_spte(vcpu, X, 7));
      const inWindow = reading(vm, () => mmu.check_mmio_spte(vcpu, made));
      setGeneration(vm, 0, 8n);
      const after = reading(vm, () => mmu.check_mmio_spte(vcpu, made));
      return [spte_h.get_mmio_spte_generation(made), inWindow, after];
    });
    expect(result).toEqual([6n, false, false]);
  });

  test('the first fault makes an entry, the next one of another vCPU finds it valid', () => {
    const result = quiet({ mmio }, (vm) => {
      const [a, b] = [vcpuOf(vm), vcpuOf(vm)];
      const first = fault(vm, a, X);
      const second = reading(vm, () => mmu.handle_mmio_page_fault(b, X * PAGE, true));
      const made = vm.arch.spt[0]!.val;
      set(vm, 0, 0x20n);
      const later = reading(vm, () => mmu.handle_mmio_page_fault(b, X * PAGE, true));
      return [first, a.stat.insn_emulation, spte_h.is_mmio_spte(made), second, later];
    });
    expect(result).toEqual([1, 1, true, RET_PF_EMULATE, RET_PF_INVALID]);
  });

  test('a fault on a slot maps its page; the same fault again changes nothing', () => {
    const result = quiet({ mmio }, (vm) => {
      set(vm, 0, X);
      const vcpu = vcpuOf(vm);
      const first = fault(vm, vcpu, X);
      const pfn = spte_h.spte_to_pfn(vm.arch.spt[0]!.val);
      return [first, pfn, fault(vm, vcpu, X), vcpu.stat.pf_fixed, vcpu.stat.insn_emulation];
    });
    expect(result).toEqual([1, 0x200n, 1, 1, 0]);
  });

  test('each mode has a table of its own, and deleting a slot empties both', () => {
    const result = quiet({ mmio }, (vm) => {
      set(vm, 0, X);
      set(vm, 0x1_0001, X);
      fault(vm, vcpuOf(vm), X);
      fault(vm, vcpuOf(vm, true), X);
      const pages = () => [0, GFNS.length].map((i) => spte_h.spte_to_pfn(vm.arch.spt[i]!.val));
      const before = pages();
      const gen = vm.arch.mmu_valid_gen;
      set(vm, 0, X, 0n);
      return [before, pages(), vm.arch.mmu_valid_gen !== gen];
    });
    expect(result).toEqual([[0x200n, 0x300n], [0n, 0n], true]);
  });

  test('a walk without a root entry finds nothing, and reads nothing that was not written', () => {
    const result = quiet({ mmio }, (vm) => {
      fault(vm, vcpuOf(vm), X);
      const vcpu = vcpuOf(vm);
      vcpu.arch.pae_root_absent = 0b1111;
      return reading(vm, () => mmu.handle_mmio_page_fault(vcpu, X * PAGE, true));
    });
    expect(result).toBe(RET_PF_RETRY);
  });

  test('an entry with bits that none may have is an error and a warning', () => {
    const { result, events } = run({ mmio }, (vm) => {
      spin_lock(vm.mmu_lock);
      vm.arch.spt[0]!.val = mmio === 'ept' ? 0x1000_0002n : 0x8_0000_1000_0001n;
      spin_unlock(vm.mmu_lock);
      return fault(vm, vcpuOf(vm), X, 8);
    });
    expect(result).toBe(EINVAL);
    expect(events.map(({ kind }) => kind)).toEqual(['WARN']);
  });

  test('a sync keeps an entry of the same gfn with the current number, and drops another', () => {
    const result = quiet({ mmio }, (vm) => {
      const vcpu = vcpuOf(vm);
      const sptep = spte_t.local();
      const sync = (gfn: bigint) => {
        const present = { n: 0 };
        const isDone = reading(vm, () => mmu.sync_mmio_spte(vcpu, sptep, gfn, 7, present));
        return [isDone, present.n, spte_h.get_mmio_spte_generation(sptep.val)];
      };
      const no = sync(X);
      sptep.val = reading(vm, () => spte.make_mmio_spte(vcpu, X, 7));
      set(vm, 0, X);
      return [no, sync(X), sync(0x11n), sptep.val];
    });
    expect(result).toEqual([[false, 0, 0n], [true, 1, 2n], [true, 0, 0n], 0n]);
  });
});

describe('numbers', () => {
  test.each([
    [0, { low: 9, high: 9 }, 131_072],
    [1, { low: 9, high: 9 }, 131_072],
    [0, { low: 2, high: 2 }, 8],
    [1, { low: 2, high: 2 }, 8],
  ])('address space %i zaps all entries after as many installs as numbers: %o', (as, bits, n) => {
    const result = quiet({ generationBits: bits }, (vm) => {
      fault(vm, vcpuOf(vm), X);
      const isZapped = () => vm.arch.spt[0]!.val === 0n;
      setGeneration(vm, as, BigInt(as) + 2n * BigInt(n - 2));
      set(vm, as << 16, X + 1n);
      const before = isZapped();
      set(vm, as << 16, X + 1n, 1n, 1);
      return [before, isZapped(), generation(vm, as)];
    });
    expect(result).toEqual([false, true, BigInt(2 * n + as)]);
  });

  test('with one address space numbers come again after twice as many installs', () => {
    const result = quiet({ addressSpaces: 1, generationBits: { low: 2, high: 2 } }, (vm) => {
      fault(vm, vcpuOf(vm), X);
      let installs = 0;
      set(vm, 0, X + 1n);
      for (installs = 1; vm.arch.spt[0]!.val !== 0n && installs < 100; installs++)
        set(vm, 0, X + 1n, 1n, installs & 1);
      return installs;
    });
    expect(result).toBe(16);
  });

  test('the flag stands while the hook is told the next number', () => {
    const result = quiet({ generationBits: { low: 2, high: 2 } }, (vm) => {
      setGeneration(vm, 0, 14n);
      locked(vm, () => {
        const slots = __kvm_memslots(vm, 0);
        const copy = main.kvm_dup_memslots(slots, 3)!;
        main.install_new_memslots(vm, 0, copy);
      });
      return generation(vm);
    });
    expect(result).toBe(16n);
  });
});

describe('the cache of a vCPU', () => {
  test('is not filled in the window, and keeps what it had', () => {
    const result = quiet({}, (vm) => {
      const vcpu = vcpuOf(vm);
      reading(vm, () => x86_h.vcpu_cache_mmio_info(vcpu, 0x5000n, 5n, 6));
      setGeneration(vm, 0, FLAG);
      reading(vm, () => x86_h.vcpu_cache_mmio_info(vcpu, 0x7000n, 7n, 2));
      const { mmio_gva, mmio_gfn, mmio_access, mmio_gen } = vcpu.arch;
      return [mmio_gva, mmio_gfn, mmio_access, mmio_gen];
    });
    expect(result).toEqual([0x5000n, 5n, 6, 0n]);
  });

  test('of a guest of the guest is never asked, and keeps no gva', () => {
    const result = quiet({ nested: true }, (vm) => {
      const vcpu = vcpuOf(vm);
      return reading(vm, () => {
        x86_h.vcpu_cache_mmio_info(vcpu, 0x5000n, 5n, 6);
        return [vcpu.arch.mmio_gva, mmu.mmio_info_in_cache(vcpu, 0x5000n, true)];
      });
    });
    expect(result).toEqual([0n, false]);
  });

  test('counts by address space 0 in SMM too, so that a slot for SMM does not empty it', () => {
    const result = quiet({}, (vm) => {
      const vcpu = vcpuOf(vm, true);
      fault(vm, vcpu, X);
      set(vm, 0x1_0000, X);
      return reading(vm, () => mmu.mmio_info_in_cache(vcpu, X * PAGE, true));
    });
    expect(result).toBe(true);
  });
});

describe('a page that is used often', () => {
  test('is looked up again when the number is another, and not else', () => {
    const result = quiet({}, (vm) => {
      set(vm, 0, X);
      const ghc = gfn_to_hva_cache.local();
      const read = () =>
        reading(vm, () => {
          const data: kernel_buffer = { ranges: [] };
          const r = main.kvm_read_guest_cached(vm, ghc, data, 8n);
          return [r, ...data.ranges.map(({ addr }) => addr)];
        });
      const init = reading(vm, () => main.kvm_gfn_to_hva_cache_init(vm, ghc, X * PAGE + 8n, 8n));
      const first = read();
      set(vm, 0, X, 0n);
      const second = read();
      set(vm, 1, X);
      return [init, first, second, read(), ghc.generation === generation(vm)];
    });
    expect(result).toEqual([0, [0, 0x20_0008n], [EFAULT], [0, 0x30_0008n], true]);
  });

  test('is read the slow way if it is two', () => {
    const result = quiet({}, (vm) => {
      set(vm, 0, X);
      set(vm, 1, X + 1n);
      const ghc = gfn_to_hva_cache.local();
      return reading(vm, () => {
        const data: kernel_buffer = { ranges: [] };
        const init = main.kvm_gfn_to_hva_cache_init(vm, ghc, X * PAGE + 0xffcn, 8n);
        const isSlow = ghc.memslot === null;
        return [init, isSlow, main.kvm_read_guest_cached(vm, ghc, data, 8n), data.ranges];
      });
    });
    const ranges = [
      { addr: 0x20_0ffcn, n: 4n },
      { addr: 0x30_0000n, n: 4n },
    ];
    expect(result).toEqual([0, true, 0, ranges]);
  });
});

test('an invalid slot is no slot for a lookup', () => {
  const result = quiet({}, (vm) => {
    set(vm, 0, X);
    locked(vm, () => {
      __kvm_memslots(vm, 0).memslots[0]!.flags |= KVM_MEMSLOT_INVALID;
    });
    return reading(vm, () => [
      main.gfn_to_hva(vm, X) >> 44n,
      kvm_is_visible_memslot(main.gfn_to_memslot(vm, X)),
    ]);
  });
  expect(result).toEqual([0xffff_8n, false]);
});
