// SPDX-License-Identifier: GPL-2.0-only
// KVM uses a page that it has found before, while userspace changes the slots. Up to v3.19 the
// number that is kept and the page come from two looks at the published pointer, and userspace may
// name a page without being a reader. Is what KVM reads and writes ever where it was?

import type { EraName } from '#vocabulary';
import {
  atSizes,
  type Claim,
  createSlot,
  deleteSlot,
  M,
  moveSlot,
  type Other,
  X,
  Y,
} from '../scenario.ts';

type PageUser = Omit<Extract<Other, { readonly kind: 'page user' }>, 'kind' | 'gfn'>;

/** A lookup in v6.12 writes down what it has found: two updates have a hundred times the states. */
const CHEAP: readonly EraName[] = ['v3.16', 'v3.17', 'v3.19', 'v5.11'];

/** The lookup of v3.19 begins where the last one ended: two looks have 200 times the runs. */
const FEW_RUNS: readonly EraName[] = ['v3.16', 'v3.17', 'v5.11', 'v6.12'];

const SECOND_GONE = [deleteSlot(1, X + 1n)];

function used(variant: string, updates: Claim['updates'], user: PageUser, eras?: Claim['eras']) {
  const claim: Claim = {
    id: `mapping/a-page-that-kvm-uses-is-where-the-slots-say.${variant}`,
    before: [createSlot(0, X), ...(user.isSplit ? [createSlot(1, X + 1n)] : [])],
    updates,
    gfns: [X, M],
    others: [{ kind: 'page user', gfn: X, ...user }],
    // Nothing of it is about an SPTE.
    host: { mmio: ['ept'] },
    ...(eras && { eras }),
  };
  return atSizes(claim, [{ vcpus: 0, exits: [], budgetStates: 40_000 }]);
}

export const scenarios = [
  ...used('deleted', [deleteSlot(0, X)], { foundBy: 'reader', does: 'write' }),
  ...used('moved', [moveSlot(0, Y)], { foundBy: 'reader', does: 'read' }),
  ...used(
    'replaced',
    [deleteSlot(0, X), createSlot(1, X)],
    { foundBy: 'reader', does: 'write' },
    CHEAP,
  ),
  ...used('named', [deleteSlot(0, X)], { foundBy: 'userspace', does: 'write' }),
  // Bytes on pages of two slots go another way, that looks for each page again.
  ...used('half-read', SECOND_GONE, { foundBy: 'reader', does: 'read', isSplit: true }, FEW_RUNS),
  ...used(
    'half-written',
    SECOND_GONE,
    { foundBy: 'reader', does: 'write', isSplit: true },
    FEW_RUNS,
  ),
];
