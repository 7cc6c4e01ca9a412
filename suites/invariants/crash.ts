// SPDX-License-Identifier: GPL-2.0-only
// Does mutated code run at all?

import type { Invariant } from '../invariant.ts';

export const invariant: Invariant = {
  name: 'crash',
  number: 'I0',
  statement: 'The code of the thread comes to its end.',
  rationale:
    'A mutant that throws where the kernel would not shows that it was reached, not that ' +
    'a rule caught it. It is counted apart, and a regression is never killed by a crash.',
  events: ['crash'],
  knownBreaks: [],
};
