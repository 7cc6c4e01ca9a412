// SPDX-License-Identifier: GPL-2.0-only
// Would the suites have found real bugs that nobody had told them of? `run` says it of all of them.
// Here a scenario is named for each that has a cheap one, which was written for something else.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { killedElsewhere, tooFewElsewhere } from '#lab/elsewhere';
import { allMutants, loadMakers } from '#lab/registry';
import type { MutantRun } from '#lab/run';
import { INVARIANTS, SCENARIOS } from '#lab/suites';
import { runUnit, unitName } from '#lab/unit';
import { unitsOf } from '#lab/units';
import { loadSystem } from '#lab/variants';

const KILLERS: Readonly<Record<string, string>> = {
  'biased-generation': 'generation/no-number-comes-again-to-an-old-entry',
  'failed-delete-leaves-invalid': 'ioctl/a-failing-call-changes-nothing',
  'gen-high-half-misplaced': 'spte/an-entry-is-valid-at-one-number',
  'generation-over-kind': 'mmio-cache/a-second-access-hits',
  'half-copied-by-hva-cache': 'mapping/any-copy-is-what-the-slots-say',
  'invalid-slot-as-mmio': 'memslots/a-failed-delete-changes-nothing.1v1u1f',
  'mapping-taken-for-bug': 'mmio-cache/a-created-slot-is-seen.2v1u2f',
  'mmio-over-present-spte': 'mmio-cache/a-created-slot-is-seen.2v1u1f',
  'mmio-spte-without-reserved-bit': 'spte/the-mark-is-that-of-the-host',
  'search-past-the-end': 'ioctl/a-failing-call-changes-nothing',
  'second-page-not-logged': 'mapping/any-copy-is-what-the-slots-say',
  'single-increment': 'memslots/a-slot-moved-onto-a-gfn-is-seen.1v1u1f',
  'slot-at-gfn-zero-misplaced': 'memslots/a-lookup-finds-what-a-scan-finds',
  'vcpu-cache-filled-in-window': 'generation/any-start-will-do.1v1u2f-from-0',
  'vcpu-cache-without-generation': 'mmio-cache/a-vcpu-finds-what-it-was-told',
};

const { regressions } = await loadMakers();
const mutants = (await allMutants()).filter(({ kind }) => kind === 'regression');

async function runOf(mutant: (typeof mutants)[number]): Promise<MutantRun> {
  const { era, name } = mutant;
  const scenarios = SCENARIOS.filter(({ id }) => id === KILLERS[name]);
  const [port, system] = [await loadSystem(era, null), await loadSystem(era, mutant)];
  const units = unitsOf(era, { scenarios, memoryModel: 'sc', budgetStates: null });
  const kills = units.flatMap((unit) => {
    const before = runUnit(port, unit, INVARIANTS).violations;
    return runUnit(system, unit, INVARIANTS)
      .violations.filter(
        ({ detail, isKnown }) => !isKnown && !before.some((b) => b.detail === detail),
      )
      .map((violation) => ({ ...unitName(unit), ...violation }));
  });
  return { mutant, verdict: { kills } } as unknown as MutantRun;
}

test('half of the regressions and more are killed where nobody looked for them', async () => {
  const runs = await Promise.all(mutants.map(runOf));
  const found = killedElsewhere(runs, regressions);
  expect(found.of).toBe(regressions.length);
  expect(found.elsewhere).toEqual(Object.keys(KILLERS));
  expect(tooFewElsewhere(found)).toEqual([]);
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  expect(readme.replaceAll(/\s+/g, ' ')).toContain(
    `at least ${found.elsewhere.length} of the ${found.of} are killed by scenarios`,
  );
});
