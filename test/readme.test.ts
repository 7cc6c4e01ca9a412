// SPDX-License-Identifier: GPL-2.0-only
// Does the README show what really happens? Every console block of it is run and compared. Of the
// figures of the long run those are computed that need no exploration.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { allMutants } from '#lab/registry';
import { syntacticCorpus } from '#lab/syntactic';
import type { EraName } from '#vocabulary';
import { percentText } from '../src/report/score.ts';

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

/** The figures are of a run on these. */
const ERAS_OF_TABLE: readonly EraName[] = ['v3.16', 'v3.17'];

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
  const made = { counted: 0, uncounted: 0, syntactic: 0, refused: 0 };

  beforeAll(async () => {
    for (const era of ERAS_OF_TABLE) {
      const mutants = await allMutants([era]);
      const corpus = await syntacticCorpus(era, mutants);
      const counted = mutants.filter((m) => m.kind !== 'control' && m.sameAs === null);
      made.counted += counted.length;
      made.uncounted += mutants.length - counted.length;
      made.syntactic += corpus.mutants.length;
      made.refused += corpus.refused.length;
    }
  }, 60_000);

  test.each([
    ['our operators', ours],
    ["Stryker's rules", strykers],
  ])('%s: who was judged is detected, survived or unknown, and the score says it', (_, row) => {
    const [judged = 0, detected = 0, survived = 0, unknown = 0] = row.numbers;
    expect(detected + survived + unknown).toBe(judged);
    expect(row.score).toBe(percentText(detected, judged));
  });

  test('mutants of ours are judged or equal to the port', () => {
    expect(ours.numbers[0]! + equivalent).toBe(made.counted);
  });

  test("so are Stryker's, but for those that do not type check", () => {
    expect(strykers.numbers[0]! + strykersEquivalent).toBe(made.syntactic);
    expect(refused).toBe(made.refused);
  });

  test('the run has all of these, controls, and regressions that are operators too', () => {
    const [all] = figures(`on ${ERAS_OF_TABLE.join(' and ')}, N mutants in eight minutes`);
    expect(all).toBe(made.counted + made.uncounted + made.syntactic);
  });

  test('those of ours that survive or are unknown are those of the baseline', () => {
    const text = readFileSync(new URL('baseline.json', root), 'utf8');
    const { survivors } = JSON.parse(text) as { survivors: { id: string; verdict: string }[] };
    const own = survivors.filter(({ id }) => ERAS_OF_TABLE.some((era) => id.startsWith(`${era}/`)));
    const count = (word: string) => own.filter(({ verdict }) => verdict === word).length;
    expect(ours.numbers.slice(2)).toEqual([count('survived'), count('unknown')]);
  });
});
