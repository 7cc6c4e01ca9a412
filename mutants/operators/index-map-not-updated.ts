// SPDX-License-Identifier: GPL-2.0-only
// What if slots move and the map from id to index does not follow?

import { SyntaxKind } from 'ts-morph';
import { brief, codeOfKind } from '#mutation/code';
import type { Operator } from '#mutation/mutant';
import { drop } from '#mutation/statements';

/**
 * The map is a second copy of what the array says. A path that moves entries and forgets it finds
 * another slot the next time it asks for an id.
 */
export const operator: Operator = {
  name: 'index-map-not-updated',
  family: 'containers',
  summary: 'The index of a slot is not written down.',
  places: ({ node }) =>
    codeOfKind(node, SyntaxKind.ExpressionStatement)
      .filter((statement) => /^\w+\.id_to_index\[.*\] = /.test(statement.getText()))
      .map((statement) => ({
        changes: [drop(statement)],
        description: `'${brief(statement)}' is left out`,
      })),
};
