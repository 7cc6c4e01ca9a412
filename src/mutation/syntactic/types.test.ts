// SPDX-License-Identifier: GPL-2.0-only
// Are mutants that the compiler refuses told from those that it accepts?

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Mutant, MutationError } from '../mutant.ts';
import { readPort } from '../port.ts';
import { syntacticMutants } from './make.ts';
import { typeErrors } from './types.ts';

const REFERENCE = new URL('../../../reference/', import.meta.url);
const port = readPort('v3.17', (path) => readFileSync(new URL(path, REFERENCE), 'utf8'));
const mutants = await syntacticMutants(port);
const named = (id: string): Mutant => {
  const found = mutants.find((mutant) => mutant.id === id);
  if (found === undefined) throw new Error(`there is no mutant ${id}`);
  return found;
};

test.each([
  ['a function without its value', 'v3.17/gfn_to_hva/stryker-BlockStatement.1', 'TS2355'],
  [
    'a struct without the fields that other files use',
    'v3.17/kvm_vcpu_arch/stryker-ObjectLiteral.1',
    'TS',
  ],
])('%s is refused', (_what, id, code) => {
  const errors = typeErrors(port, [named(id)]);
  expect(errors.get(id)).toContain(code);
});

test('a condition that is always true is accepted', () => {
  const id = 'v3.17/cmp_memslot/stryker-ConditionalExpression.1';
  expect(typeErrors(port, [named(id)])).toEqual(new Map());
});

test('each mutant has an answer of its own', () => {
  const chosen = mutants.filter(({ function: name }) => name === 'vcpu_match_mmio_gen');
  const together = typeErrors(port, chosen);
  const apart = new Map(chosen.flatMap((mutant) => [...typeErrors(port, [mutant])]));
  expect(together).toEqual(apart);
  expect(together.size).toBeGreaterThan(0);
});

test('a port that the compiler does not look at is an error', () => {
  const id = 'v3.17/cmp_memslot/stryker-ConditionalExpression.1';
  const elsewhere = { ...port, entry: 'systems/v0.0.ts' };
  expect(() => typeErrors(elsewhere, [named(id)])).toThrow(MutationError);
});
