// SPDX-License-Identifier: GPL-2.0-only
// Does every shape know its own examples, let its counterexamples pass, and name what exists?

import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { knowledge } from '../cli/review-knowledge.ts';
import { diffOf, patchOf } from './fixture-patch.ts';
import { type Example, mended, recreated } from './shape.ts';
import { sidesOf } from './sides.ts';

const { shapes, regressions, invariants } = await knowledge();
const sides = (example: Example) => sidesOf(patchOf(diffOf(example)));

/** The hunk that takes an example back. */
const reversed = ([owner, ...lines]: Example): Example => [
  owner,
  ...lines.map((line) => line.replace(/^[+-]/, (mark) => (mark === '+' ? '-' : '+'))),
];

test('there are shapes', () => {
  expect(shapes.length).toBeGreaterThan(20);
});

describe.each(shapes.map((shape) => [shape.name, shape] as const))('%s', (name, shape) => {
  test('is re-created by each of its examples, and taken back by their reverse', () => {
    expect(shape.examples.length).toBeGreaterThan(0);
    for (const example of shape.examples) {
      expect(recreated(shape, sides(example)), example.join('\n')).not.toEqual([]);
      expect(mended(shape, sides(reversed(example)))).not.toEqual([]);
    }
  });

  test('is not re-created by hunks that touch the same lines without harm', () => {
    expect(shape.counterexamples.length).toBeGreaterThan(0);
    for (const example of shape.counterexamples) {
      expect(recreated(shape, sides(example)), example.join('\n')).toEqual([]);
    }
  });

  test('is of a regression or an operator that exists, and breaks known invariants', () => {
    const folder = shape.kind === 'regression' ? 'history' : 'operators';
    const file = new URL(`../../mutants/${folder}/${name}.ts`, import.meta.url);
    // The hook's omission and a retag are known under the names of their operators.
    expect(existsSync(file), `mutants/${folder}/${name}.ts`).toBe(true);
    const known = invariants.map((invariant) => invariant.name);
    const regression = regressions.find((one) => one.name === name);
    const breaks = shape.kind === 'regression' ? regression!.breaks : shape.breaks;
    expect(breaks.length).toBeGreaterThan(0);
    expect(breaks.filter((one) => !known.includes(one))).toEqual([]);
    if (shape.kind === 'regression') expect(shape.breaks).toEqual([]);
  });

  test('asks a question', () => {
    expect(shape.question).toMatch(/\?/);
  });
});

test('what one function loses and another gets is moved, not lost', () => {
  const shape = shapes.find(({ name }) => name === 'no-sync')!;
  const lost = diffOf(['install_new_memslots', '-\tsynchronize_srcu_expedited(&kvm->srcu);']);
  const got = diffOf(['kvm_set_memslot', '+\tsynchronize_srcu_expedited(&kvm->srcu);']);
  expect(recreated(shape, sidesOf(patchOf(lost)))).toHaveLength(1);
  expect(recreated(shape, sidesOf(patchOf(lost + got)))).toEqual([]);
});
