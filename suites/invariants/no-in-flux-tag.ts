// SPDX-License-Identifier: GPL-2.0-only
// Can an entry carry the number of an update that is under way?

import type { Invariant } from '../invariant.ts';

export const invariant: Invariant = {
  name: 'no-in-flux-tag',
  number: 'I4',
  statement:
    'The generation that is rebuilt from an SPTE is never one that means "an update is ' +
    'under way", and such a number never equals what an SPTE holds.',
  rationale:
    'What is decided in the window may rest on the old slots. That is harmless only as ' +
    'long as its tag can never be found valid.',
  events: [],
  knownBreaks: [],
  eras: ['v3.17', 'v3.19', 'v5.11', 'v6.12'],
};
