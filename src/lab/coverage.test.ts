// SPDX-License-Identifier: GPL-2.0-only
// Is it true that a mutant does what the port does wherever its code is not reached?

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import type { Mutant } from '#mutation/mutant';
import { readPort } from '#mutation/port';
import { countRegions } from '#mutation/probes';
import { coverageProblems } from './baseline.ts';
import { CANARIES } from './canaries.ts';
import { type Coverage, Probed, probedPort, reachOf } from './coverage.ts';
import { entries } from './entries.ts';
import { onMutant } from './patched.ts';
import { eraNames, portOf } from './ports.ts';
import { allMutants } from './registry.ts';
import { INVARIANTS, SCENARIOS } from './suites.ts';
import { runUnit, type UnitResult, unitName, unitText } from './unit.ts';
import { unitsOf } from './units.ts';
import { firstCounter, loadProbed, loadSystem } from './variants.ts';

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
  const port = await probedPort(era);
  for (const unit of units) {
    baseline.push(port.measure((system) => runUnit(system, unit, INVARIANTS)));
  }
  const mutants = (await allMutants([era])).filter((_, i) => era === WHOLE || i % SAMPLE === 0);

  // It would be done once, with the code as it was then, whatever is patched later.
  test('no code that can be edited is run while a port is loaded', async () => {
    entries.fill(0);
    await loadProbed(portOf(era));
    const ran = [...portOf(era).files.values()].filter(({ text, isMutated }) => {
      const first = firstCounter(text);
      const counts = entries.subarray(first, first + countRegions(text));
      return isMutated && counts.some((count) => count > 0);
    });
    expect(ran.map(({ path }) => path)).toEqual([]);
  });

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

  test('a unit enters the same regions, as often, in modules of its own', async () => {
    for (const [i, unit] of units.entries()) {
      const fresh = await Probed.of(portOf(era));
      const { coverage } = fresh.measure((system) => runUnit(system, unit, INVARIANTS));
      expect(coverage).toEqual(baseline[i]!.coverage);
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
  const port = await probedPort(era);
  const { coverage } = port.measure((system) => runUnit(system, unit, INVARIANTS));
  expect(reachOf(portOf(era), mutant)(coverage)).toBe(true);
});

test('a baseline whose probes see nothing makes a run void', async () => {
  const [unit] = unitsOf('v3.17', { scenarios, memoryModel: null, budgetStates: null });
  const port = await probedPort('v3.17');
  const { result, coverage } = port.measure((system) => runUnit(system, unit!, INVARIANTS));
  expect(coverageProblems('v3.17', [result], [coverage])).toEqual([]);
  const nothing = { entered: new Uint8Array(coverage.entered.length), entries: 0 };
  const where = `v3.17 in ${unitText(unitName(unit!))}: no probe of the port was passed`;
  const problem = { text: where, isUnknown: false };
  expect(coverageProblems('v3.17', [result], [nothing])).toEqual([problem]);
  expect(coverageProblems('v3.17', [result], [])).toEqual([problem]);
});

describe('a port that does things while it is loaded', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kvm-mutants-coverage-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const FILES: Record<string, string> = {
    'systems/v3.17.ts': `
      import { double, TABLE_SIZE } from '../v3.17/main.ts';
      export const system = { double, TABLE_SIZE };`,
    'v3.17/main.ts': `
      export const TABLE_SIZE = size();
      function size(): number { return 4; }
      export function double(n: number): number { return n * 2; }`,
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

  test('reaches that in every unit, and the rest where it is used', async () => {
    const probed = await Probed.of(port, root);
    const measured = (use: (system: { double: (n: number) => number }) => unknown) =>
      probed.measure((system) => use(system as unknown as never)).coverage;
    for (const isUsed of [false, true, false]) {
      const coverage = measured((system) => (isUsed ? system.double(1) : 0));
      expect(reachOf(port, mutant('4;'))(coverage)).toBe(true);
      expect(reachOf(port, mutant('n * 2'))(coverage)).toBe(isUsed);
    }
  });
});
