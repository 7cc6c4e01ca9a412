// SPDX-License-Identifier: GPL-2.0-only
// What if a new VM looks as if an update were under way?

import { SyntaxKind } from 'ts-morph';
import { codeOfKind } from '#mutation/code';
import { neighboursOfLiterals } from '#mutation/fields';
import type { Operator } from '#mutation/mutant';

/**
 * The start is "a number shortly before the wrap", and that it has to be even is said nowhere near
 * it.
 */
export const operator: Operator = {
  name: 'start-in-flux',
  family: 'gen',
  summary: 'The first number of a VM is odd.',
  places: ({ node }) =>
    codeOfKind(node, SyntaxKind.BinaryExpression)
      .filter((assignment) => /\.generation = -?\d+n?$/.test(assignment.getText()))
      .flatMap((assignment) => neighboursOfLiterals(assignment.getRight())),
};
