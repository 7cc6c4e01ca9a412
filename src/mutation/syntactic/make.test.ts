// SPDX-License-Identifier: GPL-2.0-only
// Do Stryker's mutants become what Stryker means?

import { describe, expect, test } from 'vitest';
import { applyEdits } from '../edits.ts';
import { mutantsOfPort } from '../make.ts';
import type { Operator } from '../mutant.ts';
import { readPort } from '../port.ts';
import { callStatements, drop } from '../statements.ts';
import { syntacticMutants, withoutTwins } from './make.ts';

const FILE = 'v3.17/port.ts';

function portWith(text: string) {
  return readPort('v3.17', (path) => (path === FILE ? text : `import '../${FILE}';`));
}

/** The texts of all mutants of a port, by id. */
async function mutated(text: string): Promise<Record<string, string>> {
  const mutants = await syntacticMutants(portWith(text));
  return Object.fromEntries(mutants.map(({ id, edits }) => [id, applyEdits(text, edits)]));
}

describe('syntacticMutants()', () => {
  test('number the mutants of each rule in each function by their place', async () => {
    const text = 'function f(a: number): boolean {\n  return a < 1;\n}\n';
    expect(await mutated(text)).toEqual({
      'v3.17/f/stryker-BlockStatement.1': 'function f(a: number): boolean {}\n',
      'v3.17/f/stryker-ConditionalExpression.1': text.replace('a < 1', 'true'),
      'v3.17/f/stryker-ConditionalExpression.2': text.replace('a < 1', 'false'),
      'v3.17/f/stryker-EqualityOperator.1': text.replace('a < 1', 'a <= 1'),
      'v3.17/f/stryker-EqualityOperator.2': text.replace('a < 1', 'a >= 1'),
    });
  });

  test('have parentheses where the text would be read otherwise', async () => {
    const text = 'const f = (a: boolean, b: boolean, c: boolean) => a && b && c;\n';
    const { 'v3.17/f/stryker-LogicalOperator.1': first } = await mutated(text);
    expect(Object.values(await mutated(text))).toContain(
      'const f = (a: boolean, b: boolean, c: boolean) => (a || b) && c;\n',
    );
    expect(first).toBeDefined();
  });

  test('leave the names of structs alone', async () => {
    const ids = Object.keys(await mutated("const kvm = struct('kvm', { gen: u64 });\n"));
    expect(ids).toEqual(['v3.17/kvm/stryker-ObjectLiteral.1']);
  });

  test('mutate the names of fields that rcu() is given', async () => {
    const ids = Object.keys(await mutated("const p = rcu(f, 'srcu', 'lock');\n"));
    expect(ids).toEqual(['v3.17/p/stryker-StringLiteral.1', 'v3.17/p/stryker-StringLiteral.2']);
  });
});

describe('withoutTwins()', () => {
  const operator: Operator = {
    name: 'drop-call',
    family: 'flow',
    summary: 'Drops calls.',
    places: ({ node }) =>
      callStatements(node, /^sync$/).map(({ statement }) => ({
        changes: [drop(statement)],
        description: 'no sync',
      })),
  };

  test("drops what an operator of ours makes too, though Stryker leaves a ';'", async () => {
    const port = portWith('function f(): void {\n  sync();\n  other();\n}\n');
    const ours = mutantsOfPort(port, { operators: [operator], regressions: [], controls: [] });
    const ids = (mutants: readonly { id: string }[]) => mutants.map(({ id }) => id);
    const all = await syntacticMutants(port);
    expect(ids(all)).toEqual([
      'v3.17/f/stryker-BlockStatement.1',
      'v3.17/f/stryker-CallExpression.1',
      'v3.17/f/stryker-CallExpression.2',
    ]);
    expect(ids(withoutTwins(port, all, ours))).toEqual([
      'v3.17/f/stryker-BlockStatement.1',
      'v3.17/f/stryker-CallExpression.2',
    ]);
  });
});
