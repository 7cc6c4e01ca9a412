// SPDX-License-Identifier: GPL-2.0-only
// What are the pieces of 152482580a1b ("KVM: Call kvm_arch_memslots_updated() before updating
// memslots")? When numbers come round, old entries are taken away before the number that they have
// can be seen again. It needs a wrap that takes them away at all.

import { SCENARIOS, type SequentialScenario } from '#lab/suites';
import { ASKED_GFNS, type Asked } from '#lab/tree/asked';
import type { Vm } from '#vocabulary';
import type { Fix, OwnRun } from '../fix.ts';
import { entryOfNumber, install, plant, wrapOf } from '../numbers.ts';

/** One access, and no entry stays. */
const RESIDUE = 'SPTE, before the call returns';

/** A store to an entry of the page table, of a tree or of a port. */
const ENTRY = /^(page table|kvm->arch\.spt\[).* := /;

type Order = 'zapped first' | 'stored first' | 'not zapped';

/** In which order does an install at the wrap store? */
function orderOf({ steps }: Asked, vm: Vm): Order {
  plant(vm, 0, vm.mmio.mark(ASKED_GFNS.none, 0));
  const taken = steps(() => install(vm));
  const zap = taken.findIndex((text) => ENTRY.test(text));
  const store = taken.findLastIndex((text) => /generation := /.test(text));
  if (zap < 0) return 'not zapped';
  return zap < store ? 'zapped first' : 'stored first';
}

/** The install at the wrap alone, and a vCPU that runs while it does its work. */
function ownRuns(asked: Asked): OwnRun[] {
  const wrap = wrapOf(asked, 0);
  const model = SCENARIOS.find(({ id }) => id === 'generation/any-start-will-do.1v1u2f-from-0');
  if (wrap === null || model?.kind !== 'interleaving') return [];
  const host = { ...model.host, generationStart: wrap.start };
  const alone: SequentialScenario = {
    kind: 'sequential',
    id: 'fix/an-install-at-the-wrap-zaps-before-it-stores',
    eras: null,
    gfns: Object.values(ASKED_GFNS),
    host,
    check: ({ vm, report }) => {
      const order = orderOf(asked, vm);
      if (order !== 'zapped first') report('zap-before-reuse', `old entries are ${order}`);
      return 1;
    },
  };
  const raced = {
    ...model,
    id: 'fix/a-number-comes-again-to-an-old-entry.1v1u2f',
    staleness: 'zap-before-reuse',
    host,
    eras: null,
  } as const;
  const born = (vm: Vm) =>
    vm.internals.writeSpte(ASKED_GFNS.slot, entryOfNumber(vm, ASKED_GFNS.slot, wrap.number));
  return [{ scenario: alone }, { scenario: raced, born }];
}

export const fix: Fix = {
  name: 'zap-after-wrapped-store',
  ground: null,
  pieces: [
    {
      name: 'a wrap takes away old entries',
      commit: 'e59dbe09f8e6',
      isPrerequisite: true,
      how: 'run',
      without: 'v6.12/kvm_swap_active_memslots/hook-omitted.1',
      isThere: (asked) => wrapOf(asked, 0)?.isZapped ?? null,
    },
    {
      name: 'they are gone before the number that comes again is stored',
      commit: null,
      isPrerequisite: false,
      how: 'run',
      without: 'v6.12/history/zap-after-wrapped-store',
      isThere: (asked) => {
        const wrap = wrapOf(asked, 0);
        if (wrap === null) return null;
        const order = asked.fresh({ generationStart: wrap.start }, (vm) => orderOf(asked, vm));
        return order === 'zapped first';
      },
    },
  ],
  invariants: ['zap-before-reuse'],
  counts: (detail) => detail !== RESIDUE,
  scenarios: [],
  own: ownRuns,
  related:
    'an access that read an entry just before it went may find it valid once, with the fix as ' +
    'well: the update does not wait for sections that began after it published',
};
