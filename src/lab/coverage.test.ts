// SPDX-License-Identifier: GPL-2.0-only
// Is it true that a mutant does what the port does wherever its code is not reached?

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import type { Mutant } from '#mutation/mutant';
import { readPort } from '#mutation/port';
import { coverageProblems } from './baseline.ts';
import { CANARIES } from './canaries.ts';
import { type Coverage, covered, reachOf } from './coverage.ts';
import { onMutant } from './patched.ts';
import { eraNames, portOf } from './ports.ts';
import { allMutants } from './registry.ts';
import { INVARIANTS, SCENARIOS } from './suites.ts';
import { runUnit, type UnitResult, unitName, unitText } from './unit.ts';
import { unitsOf } from './units.ts';
import { loadSystem } from './variants.ts';

/** Small ones, each of which misses other parts of a port. */
const SMALL = [
  'generation/every-install-makes-it-larger',
  'ioctl/a-failing-call-changes-nothing',
  'ioctl/a-read-only-slot-is-not-writable',
  'memory-order/new-flags-are-published-whole.1v1u1f',
  'memslots/a-change-of-flags-changes-no-answer.1v1u2f',
  'mmio-cache/a-created-slot-is-seen.1v1u1f',
  'mmio-cache/without-reserved-bits-nothing-is-cached',
  'spte/fields-are-disjoint',
];
const scenarios = SCENARIOS.filter(({ id }) => SMALL.includes(id));

/** All mutants of one era, and some of the others: probes know no era, and all take minutes. */
const WHOLE = 'v3.17';
const SAMPLE = 6;

describe.each(eraNames())('%s', async (era) => {
  const units = unitsOf(era, { scenarios, memoryModel: null, budgetStates: null });
  const baseline: { result: UnitResult; coverage: Coverage }[] = [];
  for (const unit of units) {
    baseline.push(await covered(portOf(era), (system) => runUnit(system, unit, INVARIANTS)));
  }
  const mutants = (await allMutants([era])).filter((_, i) => era === WHOLE || i % SAMPLE === 0);

  test('probes change no result', async () => {
    const system = await loadSystem(era, null);
    for (const [i, unit] of units.entries()) {
      expect(runUnit(system, unit, INVARIANTS)).toEqual(baseline[i]!.result);
    }
  });

  test('a mutant does what the port does in every unit that does not reach it', async () => {
    let skipped = 0;
    for (const mutant of mutants) {
      const isReached = reachOf(portOf(era), mutant);
      await onMutant(mutant, (system) => {
        for (const [i, unit] of units.entries()) {
          if (isReached(baseline[i]!.coverage)) continue;
          skipped++;
          const where = `${mutant.id} in ${unitText(unitName(unit))}`;
          expect(runUnit(system, unit, INVARIANTS), where).toEqual(baseline[i]!.result);
        }
      });
    }
    expect(skipped).toBeGreaterThan(mutants.length);
  });

  test('whatever is measured twice enters the same regions, as often', async () => {
    for (const [i, unit] of units.entries()) {
      const again = await covered(portOf(era), (system) => runUnit(system, unit, INVARIANTS));
      expect(again.coverage).toEqual(baseline[i]!.coverage);
    }
  });
});

test.each(CANARIES)('$id is reached where it must die', async (canary) => {
  const { era, id, scenario, mmio } = canary;
  const mutant = (await allMutants([era])).find((known) => known.id === id)!;
  const own = SCENARIOS.filter((known) => known.id === scenario);
  const unit = unitsOf(era, { scenarios: own, memoryModel: 'sc', budgetStates: null }).find(
    (known) => known.mmio === mmio,
  )!;
  const { coverage } = await covered(portOf(era), (system) => runUnit(system, unit, INVARIANTS));
  expect(reachOf(portOf(era), mutant)(coverage)).toBe(true);
});

test('a baseline whose probes see nothing makes a run void', async () => {
  const [unit] = unitsOf('v3.17', { scenarios, memoryModel: null, budgetStates: null });
  const { result, coverage } = await covered(portOf('v3.17'), (system) =>
    runUnit(system, unit!, INVARIANTS),
  );
  expect(coverageProblems('v3.17', [result], [coverage])).toEqual([]);
  const nothing = { entered: new Uint8Array(coverage.entered.length), entries: 0 };
  const where = `v3.17 in ${unitText(unitName(unit!))}: no probe of the port was passed`;
  const problem = { text: where, isUnknown: false };
  expect(coverageProblems('v3.17', [result], [nothing])).toEqual([problem]);
  expect(coverageProblems('v3.17', [result], [])).toEqual([problem]);
});

describe('a port that does things once', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kvm-mutants-coverage-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const FILES: Record<string, string> = {
    'systems/v3.17.ts': `
      import { double, never, TABLE_SIZE } from '../v3.17/main.ts';
      export const system = { double, never, TABLE_SIZE };`,
    'v3.17/main.ts': `
      let table: number[] | null = null;
      export const TABLE_SIZE = size();
      function size(): number { return 4; }
      function filled(): number[] { return [0, 2, 4, 6]; }
      export function double(n: number): number {
        if (table === null) table = filled();
        return table[n]!;
      }
      export function never(): number { return 0; }`,
  };
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const root = pathToFileURL(`${folder}/`);
  const port = readPort('v3.17', (path) => readFileSync(join(folder, path), 'utf8'));

  const mutant = (original: string): Mutant => {
    const file = 'v3.17/main.ts';
    const start = FILES[file]!.indexOf(original);
    const edit = { file, start, end: start + original.length, original, replacement: '7' };
    return { era: 'v3.17', id: original, edits: [edit] } as unknown as Mutant;
  };
  const measured = async (use: (system: { double: (n: number) => number }) => unknown) =>
    (await covered(port, (system) => use(system as unknown as never), root)).coverage;

  test('reaches it in every unit that needs it, whatever ran before', async () => {
    const [first, second] = [
      await measured((s) => s.double(1)),
      await measured((s) => s.double(2)),
    ];
    expect(reachOf(port, mutant('[0, 2, 4, 6]'))(first)).toBe(true);
    expect(reachOf(port, mutant('[0, 2, 4, 6]'))(second)).toBe(true);
    expect(reachOf(port, mutant('[0, 2, 4, 6]'))(await measured(() => 0))).toBe(false);
  });

  test('reaches what is run while it is loaded in every unit', async () => {
    const idle = await measured(() => 0);
    expect(reachOf(port, mutant('4;'))(idle)).toBe(true);
    expect(reachOf(port, mutant('null'))(idle)).toBe(true);
    expect(reachOf(port, mutant('0;'))(idle)).toBe(false);
  });
});
