// SPDX-License-Identifier: GPL-2.0-only
// What does the model do inside, operation by operation? The same events that the kernel's
// tracepoints show, read off the stores of the port and how its faults ended.

import { currentWorld, runDirectly } from '#explorer/run';
import type { GuestPaging, Vm } from '#vocabulary';
import type { MmuEvent } from './kernel-events.ts';

type Add = (event: MmuEvent) => void;

/** The same VM; each event of its calls is handed to `add`. */
export function watched(vm: Vm, add: Add): Vm {
  const { guestPaging } = vm;
  return {
    ...vm,
    access: (vcpu, gpa, mode) => {
      const before = entryOf(vm, gpa >> BigInt(12));
      const current = vm.mmio.currentGeneration();
      const access = tagging(
        add,
        () => vm.access(vcpu, gpa, mode),
        (kind) => {
          if (before === null || kind === 'mmio-vcpu') return [];
          const isValid = kind === 'mmio-spte';
          const check = { kind: 'check', entry: before.generation, current, isValid } as const;
          return isValid ? [check, { kind: 'hit', gfn: before.gfn }] : [check];
        },
      );
      return access;
    },
    guestPaging: guestPaging === undefined ? undefined : watchedPaging(guestPaging, add),
  };
}

function watchedPaging(guest: GuestPaging, add: Add): GuestPaging {
  return {
    ...guest,
    writePte: (vcpu, page, gpte) => tagging(add, () => guest.writePte(vcpu, page, gpte)),
    reloadCr3: (vcpu) => tagging(add, () => guest.reloadCr3(vcpu)),
    invlpg: (vcpu, page) => tagging(add, () => guest.invlpg(vcpu, page)),
  };
}

function entryOf(
  vm: Vm,
  page: bigint,
): { readonly gfn: number; readonly generation: number } | null {
  const { mmio } = vm;
  const spte = vm.spte(page);
  if (!mmio.isMmio(spte)) return null;
  return { gfn: Number(mmio.gfnOf(spte)), generation: mmio.generationOf(spte) };
}

/** Runs a call; what it stored in MMIO entries comes after what is said of its result. */
function tagging<T>(add: Add, call: () => T, of?: (kind: string) => MmuEvent[]): T {
  const { result, trace } = runDirectly(currentWorld(), 0, call, { wantTrace: true });
  if (of !== undefined) of((result as { readonly kind: string }).kind).forEach(add);
  for (const { step } of trace) {
    const text = step.describe().text;
    const [, gfn, generation] = /(?::=|,) mmio gfn 0x([0-9a-f]+) gen (\d+)/.exec(text) ?? [];
    if (gfn !== undefined)
      add({ kind: 'tag', gfn: Number.parseInt(gfn, 16), generation: Number(generation) });
  }
  return result;
}
