// SPDX-License-Identifier: GPL-2.0-only
// Is what was found out in one address space used in that one only?

import type { Invariant } from '../invariant.ts';

export const invariant: Invariant = {
  name: 'right-address-space',
  number: 'I3',
  statement:
    'What was decided on a gfn in one address space is used in that one only: no access in ' +
    'system management mode is answered by what holds outside it, nor the other way round.',
  rationale:
    'A guest has other memory in system management mode. Numbers of the two address spaces ' +
    'never meet, so that a cache that compares them cannot mix them up; a cache that is tagged ' +
    'with the number of the wrong one can.',
  events: [],
  knownBreaks: [],
  eras: ['v5.11', 'v6.12'],
};
