// SPDX-License-Identifier: GPL-2.0-only
// Is a decision "this is MMIO" forgotten once the slots have changed?

import type { Invariant } from '../invariant.ts';

const LAUNDERED =
  'SPTE, after an old entry was tagged anew: guest reads gva 0x40000; ' +
  'guest writes another entry of P; userspace creates a slot; guest reloads CR3; ' +
  'guest reads gva 0x40000';
const LAUNDERED_NESTED =
  'SPTE, after an old entry was tagged anew: inner guest reads gpa 0x40000; hypervisor writes ' +
  'another entry of P; userspace creates a slot; hypervisor enters its guest; ' +
  'inner guest reads gpa 0x40000';
const LAUNDERED_BY_FAULT =
  'SPTE, after an old entry was tagged anew: guest reads gva 0x40000; guest changes its right to ' +
  'write gva 0x40000; userspace creates a slot; guest writes gva 0x40000; guest reads gva 0x40000';

const BY_SYNC =
  'A sync of a shadowed page table writes the current number into an MMIO SPTE without a lookup ' +
  '(see no-retag-without-lookup): from then on the stale entry passes for a fresh one. Observed ' +
  'on Debian 6.1.192-2 and 6.12.117-1 in an emulated machine; not known to be reported upstream.';

export const invariant: Invariant = {
  name: 'stale-after-update',
  number: 'I1',
  statement:
    'After a call that gives a gfn a slot has returned, no access to it that begins later ' +
    'is handled as MMIO.',
  rationale:
    'The guest was told that there is memory. If its reads and writes go to a device ' +
    'model instead, data is lost, and nothing ever corrects it: a stale entry stays valid ' +
    'until the next change of the slots.',
  events: [],
  knownBreaks: [
    {
      era: 'v3.16',
      details: [
        'vCPU cache',
        'SPTE',
        'at rest, vCPU cache',
        'at rest, SPTE',
        'vCPU cache: guest reads gva 0x40000; userspace creates a slot; guest reads gva 0x40000',
      ],
      because:
        'The per-vCPU cache has no generation (56f17dd3fbc4), and a vCPU may tag what it ' +
        'decided on the old slots with the number of the new ones (ee3d1570b586). Both were ' +
        'mended in v3.17.',
    },
    ...(['v4.19', 'v5.2', 'v5.6', 'v5.11', 'v5.15'] as const).map((era) => ({
      era,
      details: ['vCPU cache in SMM', 'at rest, vCPU cache in SMM'],
      because:
        'The per-vCPU cache takes the number of address space 0, whatever mode the vCPU is in: a ' +
        'slot that is made for SMM leaves it valid. Still so in v7.1; mended in the kernels of ' +
        'Debian, 6.1.192 and 6.12.115.',
    })),
    { era: 'v3.16', details: [LAUNDERED], because: BY_SYNC },
    { era: 'v3.17', details: [LAUNDERED], because: BY_SYNC },
    { era: 'v3.19', details: [LAUNDERED], because: BY_SYNC },
    { era: 'v5.11', details: [LAUNDERED, LAUNDERED_NESTED], because: BY_SYNC },
    {
      era: 'v6.12',
      details: [LAUNDERED, LAUNDERED_NESTED, LAUNDERED_BY_FAULT],
      because: BY_SYNC,
    },
  ],
};
