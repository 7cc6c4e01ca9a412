// SPDX-License-Identifier: GPL-2.0-only
// Is the number in an MMIO SPTE written only where the slots were asked?

import type { Invariant } from '../invariant.ts';

/** A fact about the eras; that kernels do so has been observed, and is not known to be reported. */
const LAUNDERED =
  'A sync of an unsync shadow leaf page (sync_mmio_spte) tags an MMIO SPTE anew where the entry ' +
  'of the guest still names its gfn, and does not ask the slots. All trees that were read do so, ' +
  '3.11 to 7.1.3. Observed on Debian 6.1.192-2 and 6.12.117-1 in an emulated machine (AMD, ' +
  'shadow paging or nested paging), where later accesses went to MMIO though a slot was there; ' +
  'on hardware and on Intel it has not been tried.';

/** Sequences, as the search of suites/guest-page-tables/ tells them: the shortest ones. */
const READ_WRITTEN_CREATED =
  'guest reads gva 0x40000; guest writes another entry of P; userspace creates a slot';
const SHORTEST = `an old entry is tagged anew: ${READ_WRITTEN_CREATED}; guest reloads CR3`;
const NESTED =
  'an old entry is tagged anew: inner guest reads gpa 0x40000; hypervisor writes another entry ' +
  'of P; userspace creates a slot; hypervisor enters its guest';
const BY_INVLPG =
  'an old entry is tagged anew by INVLPG: ' +
  `${READ_WRITTEN_CREATED}; guest does INVLPG of gva 0x40000`;
const BY_FAULT =
  'an old entry is tagged anew by an access: guest reads gva 0x40000; guest changes its right to ' +
  'write gva 0x40000; userspace creates a slot; guest writes gva 0x40000';
const BY_NESTED_FAULT =
  'an old entry is tagged anew by an access: inner guest reads gpa 0x40000; hypervisor changes ' +
  'the right to write gpa 0x40000; userspace creates a slot; inner guest writes gpa 0x40000';

const ONE_ADDRESS =
  'Since v6.4 (9fd4a4e3a3d9) a flush of one address synchronises its entry, where it was dropped ' +
  'before. INVLPG is such a flush, and so is a fault that KVM hands to the guest: a write that ' +
  "the guest's own entry forbids. The latter was found here by exploration, and is so by the " +
  'code of 6.12.117; it has not been tried on a machine.';

/** Who gives the stale answer that comes of it, where an update runs beside the sync. */
const BESIDE_AN_UPDATE = ['SPTE', 'SPTE, before the call returns', 'at rest, vCPU cache'];

export const invariant: Invariant = {
  name: 'no-retag-without-lookup',
  number: 'I24',
  statement:
    'An MMIO SPTE gets the current number only if it was valid at that number before, or if the ' +
    'slots were looked up at that number in the same read-side section.',
  rationale:
    'The number is all that says "this was decided on older slots", and the creation of a slot ' +
    'relies on it alone: it zaps nothing. Who writes the current number into an entry without ' +
    'asking the slots launders a decision that may be stale.',
  events: [],
  knownBreaks: [
    { era: 'v3.16', details: [SHORTEST], because: LAUNDERED },
    { era: 'v3.17', details: [SHORTEST, ...BESIDE_AN_UPDATE], because: LAUNDERED },
    { era: 'v3.19', details: [SHORTEST, ...BESIDE_AN_UPDATE], because: LAUNDERED },
    { era: 'v5.11', details: [SHORTEST, NESTED, ...BESIDE_AN_UPDATE], because: LAUNDERED },
    { era: 'v6.12', details: [SHORTEST, NESTED, ...BESIDE_AN_UPDATE], because: LAUNDERED },
    { era: 'v6.12', details: [BY_INVLPG, BY_FAULT, BY_NESTED_FAULT], because: ONE_ADDRESS },
  ],
};
