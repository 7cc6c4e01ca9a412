// SPDX-License-Identifier: GPL-2.0-only
// A VM is created, with memory for its slots and without: is it complete, or is it refused?

import { Crash } from '#explorer/run';
import type { HostConfig } from '#vocabulary';
import { rulesOf } from '../era-rules.ts';
import { M, type SequentialScenario, type Subject, X } from '../scenario.ts';

const SLOTS = [1, 2, 3, 8];
/** The first set of slots of each address space. */
const SETS = ['memslots 0', 'memslots 0a'];

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'creation/a-vm-is-made-or-refused',
  eras: null,
  gfns: [X, M],
  // A new VM has no SPTE.
  host: { mmio: ['ept'] },
  check: (subject) => {
    for (const userMemSlots of SLOTS) {
      subject.fresh({ userMemSlots }, (vm) => checkNew(subject, vm, userMemSlots));
      for (const set of setsOf(subject)) {
        const end = endOf(subject, { userMemSlots, failAllocations: [set] });
        if (end !== 'refused') subject.report('vm-made', `without memory a VM is ${end}`);
      }
    }
    return 2 * SLOTS.length;
  },
};

/** The sets that a new VM needs memory for. */
function setsOf({ era, vm }: Subject): readonly string[] {
  return rulesOf(era).allocatesSets ? SETS.slice(0, vm.addressSpaces) : [];
}

function checkNew({ era, report }: Subject, vm: Subject['vm'], userMemSlots: number): void {
  const entries = vm.entries();
  const expected = rulesOf(era).hasUnusedEntries ? userMemSlots : 0;
  if (entries.length !== expected) report('vm-made', 'it has another number of slots');
  entries.forEach(({ id, index, npages, flags }, i) => {
    if (id !== i || index !== i)
      report('id-map-exact', 'a slot of a new VM is not where its id is');
    if (npages !== 0n || flags !== 0) report('vm-made', 'a slot of a new VM is not empty');
  });
}

/** How a creation ends that should be refused. */
function endOf({ fresh }: Subject, host: Partial<HostConfig>): 'made' | 'refused' | 'an oops' {
  try {
    return fresh(host, () => 'made');
  } catch (error) {
    if (error instanceof Crash) return 'refused';
    // A pointer to nothing was followed.
    if (error instanceof TypeError) return 'an oops';
    throw error;
  }
}
