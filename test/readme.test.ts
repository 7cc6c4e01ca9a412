// SPDX-License-Identifier: GPL-2.0-only
// Does the README show what really happens? Every console block of it is run and compared, and the
// matrix of eras is computed. Of the figures of the long run the sums are held.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Held } from '#lab/held';
import { ERAS, INVARIANTS } from '#lab/suites';
import { eraMatrixRows } from '../src/report/era-matrix.ts';
import { percentText } from '../src/report/score.ts';
import { columns } from '../src/report/texts.ts';

const root = new URL('../', import.meta.url);
const readme = readFileSync(new URL('README.md', root), 'utf8');
const PREFIX = 'npm run -s kvm-mutants -- ';

interface Block {
  readonly command: string;
  readonly output: string;
}

const blocks = [...readme.matchAll(/```console\n\$ (.*)\n([\s\S]*?)\n```/g)].map(
  ([, command = '', output = '']): Block => ({ command, output }),
);

test('the README shows at least one command with its output', () => {
  expect(blocks.length).toBeGreaterThan(0);
});

for (const { command, output } of blocks) {
  test(`the README's command prints what it shows: ${command}`, () => {
    expect(command.startsWith(PREFIX)).toBe(true);
    const args = command.slice(PREFIX.length).split(' ');
    const run = spawnSync(process.execPath, ['src/cli/kvm-mutants.js', ...args], {
      cwd: root,
      encoding: 'utf8',
    });
    // The last part of a schedule is a hash of the sources, which every change of them changes.
    const hashless = (text: string) => text.replaceAll(/@[0-9a-f]{8}$/gm, '@hash');
    expect(hashless(run.stdout.trimEnd())).toBe(hashless(output));
  });
}

/** The numbers that stand where the pattern has `N`, in a paragraph that may be broken anywhere. */
function figures(pattern: string): number[] {
  const source = pattern.replaceAll(/[.+|()]/g, '\\$&').replaceAll('N', '([\\d,]+)');
  const found = new RegExp(source.replaceAll(' ', '\\s+')).exec(readme);
  expect(found, `the README says: ${pattern}`).not.toBeNull();
  return found!.slice(1).map((number) => Number(number.replaceAll(',', '')));
}

/** A row of the table: judged, detected, survived, unknown, and the score as it is printed. */
function rowOf(head: string): { numbers: number[]; score: string } {
  const numbers = figures(`| ${head} | N | N | N | N |`);
  const [, score = ''] = new RegExp(`\\| ${head}(?: \\| [\\d,]+){4} \\| (.*) \\|`).exec(readme)!;
  return { numbers, score };
}

describe('the figures of the long run', () => {
  const ours = rowOf('our operators');
  const strykers = rowOf("Stryker's rules, without what our operators make too");
  const [equivalent = 0, strykersEquivalent = 0, refused = 0] = figures(
    "Another N mutants of ours and N of Stryker's are equal to the port within the bounds, " +
      "and N of Stryker's do not type check.",
  );

  test.each([
    ['our operators', ours],
    ["Stryker's rules", strykers],
  ])('%s: who was judged is detected, survived or unknown, and the score says it', (_, row) => {
    const [judged = 0, detected = 0, survived = 0, unknown = 0] = row.numbers;
    expect(detected + survived + unknown).toBe(judged);
    expect(row.score).toBe(percentText(detected, judged));
  });

  test('all of these, those that do not type check apart, are not more than the run had', () => {
    const [all = 0] = figures('on v3.16 and on v3.17, N mutants in N minutes');
    const judged = ours.numbers[0]! + strykers.numbers[0]! + equivalent + strykersEquivalent;
    expect(judged).toBeGreaterThan(2_000);
    expect(all).toBeGreaterThanOrEqual(judged);
    expect(refused).toBeGreaterThan(0);
  });
});

test("the README's matrix is what invariants know of each era, as suites.test.ts holds", () => {
  const held = ERAS.flatMap(({ name: era }) =>
    INVARIANTS.map((invariant): Held => {
      const isBroken = invariant.knownBreaks.some((known) => known.era === era);
      const concerns = invariant.eras?.includes(era) ?? true;
      const state = isBroken ? 'breaks' : concerns ? 'holds' : 'not about it';
      return { era, invariant: invariant.name, state, units: 0, counterexample: null };
    }),
  );
  const lines = columns(eraMatrixRows(held, INVARIANTS)).map((line) => `    ${line}`.trimEnd());
  expect(readme).toContain(`${lines.join('\n')}\n`);
});
