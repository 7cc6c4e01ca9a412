// SPDX-License-Identifier: GPL-2.0-only
// Does every id lead to its slot?

import type { Invariant } from '../invariant.ts';

export const invariant: Invariant = {
  name: 'id-map-exact',
  number: 'I19',
  statement: 'Ids are unique, and id_to_index leads from each used id to the entry of that slot.',
  rationale:
    'A call that changes a slot finds it by its id. If the map is wrong, it changes ' +
    'another one.',
  events: [],
  knownBreaks: [],
};
