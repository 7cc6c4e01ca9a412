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

/** The shortest sequence, as the search of suites/guest-page-tables/ tells it. */
const SHORTEST =
  'an old entry is tagged anew: guest reads gva 0x40000; ' +
  'guest writes another entry of P; userspace creates a slot; guest reloads CR3';

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
  ],
  eras: ['v3.16', 'v3.17', 'v3.19'],
};
