// SPDX-License-Identifier: GPL-2.0-only
// Which bits do the MMIO SPTEs of v6.12 have, on every host that there is, and when are they valid?

import { expect, test } from 'vitest';
import { mutex_lock, mutex_unlock } from '#linux/mutex';
import type { HostConfig } from '#vocabulary';
import { bare, GFNS } from './direct.ts';
import {
  check_mmio_spte,
  get_mmio_spte_access,
  get_mmio_spte_gfn,
} from './v6.12/arch/x86/kvm/mmu/mmu.ts';
import {
  FROZEN_SPTE,
  get_mmio_spte_generation,
  is_mmio_spte,
  is_shadow_present_pte,
  MMIO_SPTE_GEN_MASK,
  SHADOW_NONPRESENT_VALUE,
} from './v6.12/arch/x86/kvm/mmu/spte.h.ts';
import {
  enable_mmio_caching,
  generation_mmio_spte_mask,
  make_mmio_spte,
  shadow_mmio_value,
  shadow_nonpresent_or_rsvd_mask,
} from './v6.12/arch/x86/kvm/mmu/spte.ts';
import { type kvm, kvm_vcpu } from './v6.12/include/linux/kvm_host.ts';
import { kvm_create_vm } from './v6.12/virt/kvm/kvm_main.ts';

const X = GFNS[0]!;
const GENERATIONS = 1 << 19;
const IN_PROGRESS = 1n << 63n;
const MASKS: readonly HostConfig['mmio'][] = ['ept', 'shadow'];

const on = <T>(host: Partial<HostConfig>, code: (vm: kvm) => T) => bare(kvm_create_vm, host, code);

function vcpuOf(vm: kvm): kvm_vcpu {
  const vcpu = kvm_vcpu.local();
  vcpu.kvm = vm;
  return vcpu;
}

/** Holds the lock under which slots may be read outside a section. */
function locked<T>(vm: kvm, code: () => T): T {
  mutex_lock(vm.slots_lock);
  const value = code();
  mutex_unlock(vm.slots_lock);
  return value;
}

/** Makes the published set hold a number. */
function setGeneration(vm: kvm, generation: bigint): void {
  locked(vm, () => {
    vm.memslots[0]!.generation = generation;
  });
}

function mmioSpte(vm: kvm, gfn: bigint, access: number, generation = 0n): bigint {
  setGeneration(vm, generation);
  return locked(vm, () => make_mmio_spte(vcpuOf(vm), gfn, access));
}

const HOSTS = MASKS.flatMap((mmio) =>
  [false, true].flatMap((l1tf) =>
    Array.from({ length: 17 }, (_, i) => ({ mmio, l1tf, maxphyaddr: 36 + i })),
  ),
);
const NAMED = HOSTS.map((host) => ({
  ...host,
  name: `${host.mmio}, ${host.maxphyaddr} address bits${host.l1tf ? ', L1TF' : ''}`,
}));
const CACHING = NAMED.filter(({ mmio, maxphyaddr }) => mmio === 'ept' || maxphyaddr < 52);

test('every generation comes back from an SPTE, and no two look alike there', () => {
  on({}, () => {
    const seen = new Set<bigint>();
    for (let generation = 0n; generation < GENERATIONS; generation++) {
      const bits = generation_mmio_spte_mask(generation);
      if (get_mmio_spte_generation(bits) !== generation)
        expect(get_mmio_spte_generation(bits)).toBe(generation);
      seen.add(bits);
    }
    expect(seen.size).toBe(GENERATIONS);
    expect(MMIO_SPTE_GEN_MASK()).toBe(0x7_ffffn);
  });
});

test.each(CACHING)(
  'the fields of an MMIO SPTE share no bit: $name',
  ({ mmio, l1tf, maxphyaddr }) => {
    on({ mmio, l1tf, maxphyaddr }, (vm) => {
      const plain = mmioSpte(vm, 0n, 0);
      let gfn = 0n;
      for (let bit = 0n; bit < maxphyaddr - 12; bit++) gfn |= mmioSpte(vm, 1n << bit, 0) ^ plain;
      const generation = mmioSpte(vm, 0n, 0, BigInt(GENERATIONS - 1)) ^ plain;
      const access = mmioSpte(vm, 0n, 7) ^ plain;
      const fields = [gfn, generation, access, shadow_mmio_value()];
      for (const [i, bits] of fields.entries())
        for (const others of fields.slice(i + 1)) expect(bits & others).toBe(0n);
      expect(access).toBe(mmio === 'ept' ? 0n : 6n);
      // What the mitigation sets is one word for all SPTEs, and hides no field.
      expect(plain).toBe(shadow_mmio_value() | shadow_nonpresent_or_rsvd_mask());
      expect(shadow_nonpresent_or_rsvd_mask() !== 0n).toBe(l1tf && maxphyaddr < 47);
    });
  },
);

test.each(CACHING)('gfn and rights come back from an MMIO SPTE: $name', (host) => {
  const { mmio, l1tf, maxphyaddr } = host;
  on({ mmio, l1tf, maxphyaddr }, (vm) => {
    const bits = Array.from({ length: maxphyaddr - 12 }, (_, bit) => 1n << BigInt(bit));
    for (const gfn of [0n, ...bits, (1n << BigInt(maxphyaddr - 12)) - 1n]) {
      for (const access of [0, 1, 2, 4, 7]) {
        const spte = mmioSpte(vm, gfn, access, 0x5_a5a5n);
        expect(is_mmio_spte(vm, spte)).toBe(true);
        expect(is_shadow_present_pte(spte)).toBe(false);
        expect(get_mmio_spte_gfn(spte)).toBe(gfn);
        expect(get_mmio_spte_access(spte)).toBe(mmio === 'ept' ? 0 : access & 6);
        expect(get_mmio_spte_generation(spte)).toBe(0x5_a5a5n);
      }
    }
  });
});

test.each(NAMED)('an empty and a frozen entry are neither MMIO nor present: $name', (host) => {
  const { mmio, l1tf, maxphyaddr } = host;
  on({ mmio, l1tf, maxphyaddr }, (vm) => {
    for (const spte of [SHADOW_NONPRESENT_VALUE, FROZEN_SPTE]) {
      expect(is_mmio_spte(vm, spte)).toBe(false);
      expect(is_shadow_present_pte(spte)).toBe(false);
    }
    expect(enable_mmio_caching()).toBe(mmio === 'ept' || maxphyaddr < 52);
  });
});

test('no SPTE is valid while an update is under way, whatever it holds', () => {
  const { events } = on({ mmio: 'shadow' }, (vm) => {
    const mask = MMIO_SPTE_GEN_MASK();
    for (let bit = 0n; bit < 19n; bit++) {
      const generation = 1n << bit;
      const spte = mmioSpte(vm, X, 0, generation);
      const isValid = () => locked(vm, () => check_mmio_spte(vcpuOf(vm), spte));
      expect(isValid()).toBe(true);
      setGeneration(vm, generation | IN_PROGRESS);
      expect(isValid()).toBe(false);
      // What is made meanwhile holds the number from before.
      const made = locked(vm, () => make_mmio_spte(vcpuOf(vm), X, 0));
      expect(get_mmio_spte_generation(made)).toBe(generation & mask);
    }
  });
  expect(events).toEqual([]);
});
