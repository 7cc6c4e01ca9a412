// SPDX-License-Identifier: GPL-2.0-only
// Does the kernel complain about itself?

import type { Invariant } from '../invariant.ts';

export const invariant: Invariant = {
  name: 'no-kernel-warning',
  number: 'I23',
  statement: 'No WARN and no BUG of the ported code fires.',
  rationale:
    'A warning that a guest or userspace can cause fills the log, stops hosts that panic ' +
    'on warnings, and says that the code met a state that its author took for impossible.',
  events: ['WARN', 'BUG', 'crash: BUG'],
  knownBreaks: (['v3.16', 'v3.17', 'v3.19'] as const).map((era) => ({
    era,
    details: ['handle_ept_misconfig', 'handle_mmio_page_fault'],
    because:
      'A vCPU that exited on an MMIO SPTE may find it replaced by a mapping of RAM, and ' +
      "takes that for a bug of KVM. Believed to be mended in v4.3, by 'KVM: MMU: fix " +
      "validation of mmio page fault' (6f691251c035).",
  })),
};
