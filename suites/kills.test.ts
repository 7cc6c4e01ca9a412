// SPDX-License-Identifier: GPL-2.0-only
// Which mutant of v3.17 dies, where, and of what? The golden file lists all that breaks beyond what
// the port itself breaks. It is kept to the install and some others, and to scenarios that take a
// moment; `kvm-mutants run` runs all.

import { describe, expect, test } from 'vitest';
import { search } from '#explorer/search';
import { type Coverage, probedPort, reachOf } from '#lab/coverage';
import { onMutant } from '#lab/patched';
import { portOf } from '#lab/ports';
import { allMutants, loadMakers } from '#lab/registry';
import { loadSystem } from '#lab/variants';
import type { Mutant } from '#mutation/mutant';
import type { SystemUnderTest } from '#vocabulary';
import { breaksOf } from './judgement.ts';
import { programOf } from './program.ts';
import { loadInvariants, loadScenarios } from './registry.ts';
import { concerns, runScenario, type Setting, settingsOf } from './run.ts';
import { hostOf, type InterleavingScenario, type Scenario } from './scenario.ts';

const ERA = 'v3.17';
const INTERLEAVINGS = [
  'generation/old-entries-are-gone-before-reuse.2v2u1f',
  'memory-order/a-slot-is-published-whole.1v1u1f',
  'memory-order/new-flags-are-published-whole.1v1u1f',
  'memslots/a-deleted-slot-is-gone.1v1u2f',
  'memslots/a-failed-delete-changes-nothing.1v1u1f',
  'memslots/a-slot-moved-away-is-gone.1v1u1f',
  'mmio-cache/a-created-slot-is-seen.1v1u1f',
  'mmio-cache/a-created-slot-is-seen.1v1u2f',
  'mmio-cache/a-created-slot-is-seen.2v1u1f',
  'mmio-cache/a-created-slot-is-seen.2v1u2f',
];

const invariants = await loadInvariants();
const everyScenario = await loadScenarios();
const scenarios = everyScenario.filter(
  (scenario) =>
    concerns(scenario, ERA) &&
    (scenario.kind === 'sequential' || INTERLEAVINGS.includes(scenario.id)),
);
/** Two that a larger scenario, or a number near 2^32, would be needed for. */
const NOT_HERE = /(gen-store-torn|no-gen-on-invalid-install)\.\d$/;
const CHOSEN =
  /(keep-low-bit|skip-flush|reader-lock-missing|hit-always|hit-never|start-in-flux)\.1$/;
const mutants = (await allMutants([ERA])).filter(
  ({ id, kind, family, function: place }) =>
    kind !== 'operator' ||
    CHOSEN.test(id) ||
    (family !== 'general' && place === 'install_new_memslots'),
);
const all = (await loadMakers()).regressions;
const regressions = all.filter(({ eras }) => eras.includes(ERA));
/** Those that v3.17 cannot have and that one thread shows, with the first era that can. */
const later = all
  .filter(({ eras, shownBy }) => !eras.includes(ERA) && eras.length > 0 && shownBy === 'sequence')
  .map(({ eras, name, breaks: expected }) => ({ era: eras[0]!, name, expected }));
const port = await loadSystem(ERA, null);

const named = (name: string): Mutant => {
  const found = mutants.find(({ id }) => id.endsWith(name));
  if (found === undefined) throw new Error(`there is no mutant ${name}`);
  return found;
};
const interleaving = (id: string) =>
  scenarios.find((scenario) => scenario.id === id) as InterleavingScenario;

interface Kill {
  readonly scenario: string;
  readonly setting: Setting;
  readonly invariant: string;
  readonly detail: string;
}

function breaks(system: SystemUnderTest, scenario: Scenario, setting: Setting): Kill[] {
  const { events } = runScenario(system, scenario, setting);
  return breaksOf(invariants, system.era, events, scenario.id).map(({ invariant, detail }) => ({
    scenario: scenario.id,
    setting,
    invariant,
    detail,
  }));
}

const textOf = ({ scenario, setting: { mmio, memoryModel }, invariant, detail }: Kill) =>
  `${scenario} ${mmio} ${memoryModel} ${invariant}: ${detail}`;
const runs = scenarios.flatMap((scenario) =>
  settingsOf(scenario).map((setting) => ({ scenario, setting })),
);
const ofPort = portOf(ERA);
/** What the port breaks, and where each run enters it: elsewhere a mutant does the same. */
const baseline = new Set<string>();
const entered = new Map<(typeof runs)[number], Coverage>();
const probed = await probedPort(ERA);
for (const run of runs) {
  const { result, coverage } = probed.measure((system) =>
    breaks(system, run.scenario, run.setting),
  );
  for (const kill of result) baseline.add(textOf(kill));
  entered.set(run, coverage);
}
const killed = new Map<string, readonly Kill[]>();

async function killsOf(mutant: Mutant): Promise<readonly Kill[]> {
  const known = killed.get(mutant.id);
  if (known !== undefined) return known;
  const isReached = reachOf(ofPort, mutant);
  const reached = runs.filter((run) => isReached(entered.get(run)!));
  const kills = await onMutant(mutant, (system) =>
    reached
      .flatMap(({ scenario, setting }) => breaks(system, scenario, setting))
      .filter((kill) => !baseline.has(textOf(kill))),
  );
  killed.set(mutant.id, kills);
  return kills;
}

const seeds = [
  ...regressions.map(({ name }) => `history/${name}`),
  'MMIO_GEN_LOW_MASK/keep-low-bit.1',
  '__kvm_set_memory_region/skip-flush.1',
  ...mutants.flatMap(({ id, kind }) =>
    kind === 'operator' && id.includes('/install_new_memslots/') && !NOT_HERE.test(id) ? [id] : [],
  ),
  'vcpu_enter_guest/reader-lock-missing.1',
];

test.each(mutants)('$id', async (mutant) => {
  const kills = await killsOf(mutant);
  if (mutant.kind === 'control') expect(kills).toEqual([]);
});

test.each(seeds)('%s dies in two scenarios at least, and not of a crash', async (name) => {
  const kills = (await killsOf(named(name))).filter(({ invariant }) => invariant !== 'crash');
  expect(new Set(kills.map(({ scenario }) => scenario)).size).toBeGreaterThanOrEqual(2);
});

test.each(regressions)('$name breaks what its file says', async ({ name, breaks: expected }) => {
  const kills = await killsOf(named(`history/${name}`));
  expect(kills.map(({ invariant }) => invariant)).toEqual(expect.arrayContaining([...expected]));
});

test.each(later)('$name of $era breaks what its file says', async (of) => {
  const mutant = (await allMutants([of.era])).find(({ id }) => id.endsWith(`history/${of.name}`))!;
  const [unmutated, system] = [await loadSystem(of.era, null), await loadSystem(of.era, mutant)];
  const missing = new Set(of.expected);
  for (const scenario of fromSmallToLarge(everyScenario.filter((one) => concerns(one, of.era)))) {
    for (const setting of settingsOf(scenario)) {
      if (missing.size === 0) return;
      const found = breaks(system, scenario, setting).filter((kill) => missing.has(kill.invariant));
      if (found.length === 0) continue;
      const known = new Set(breaks(unmutated, scenario, setting).map(textOf));
      for (const kill of found) if (!known.has(textOf(kill))) missing.delete(kill.invariant);
    }
  }
  expect([...missing]).toEqual([]);
});

/** Sequences first, then interleavings by their threads, updates and exits. */
function fromSmallToLarge(all: readonly Scenario[]): readonly Scenario[] {
  const size = (one: Scenario) =>
    one.kind === 'sequential'
      ? 0
      : one.vcpus + one.updates.length + one.exits.length + one.others.length;
  return [...all].sort((a, b) => size(a) - size(b));
}

test('where each mutant dies, and of what', async () => {
  const lines = mutants.flatMap(({ id }) => [
    id,
    ...(killed.get(id) ?? []).map((k) => `  ${textOf(k)}`),
  ]);
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('golden/kills.txt');
});

describe('keep-low-bit', () => {
  const mutant = named('keep-low-bit.1');

  test('dies under the shadow mask only', async () => {
    const kills = await killsOf(mutant);
    expect(new Set(kills.map(({ setting }) => setting.mmio))).toEqual(new Set(['shadow']));
  });

  test('has the outcomes of the port under the EPT mask, whose bit 2 covers the bit', async () => {
    const scenario = interleaving('mmio-cache/a-created-slot-is-seen.2v1u2f');
    const outcomes = (system: SystemUnderTest) => {
      const host = hostOf(scenario.host, 'ept');
      const program = programOf(system, scenario, { host, memoryModel: 'sc', wantLogs: true });
      return search(program, { memoryModel: 'sc', budgetStates: 100_000, wantEnds: true });
    };
    const { isComplete, ends } = outcomes(await loadSystem(ERA, mutant));
    expect(isComplete).toBe(true);
    expect(ends).toEqual(outcomes(port).ends);
  });
});

describe("what is stale, by size of the created slot's scenario", () => {
  const SIZES = ['1v1u1f', '1v1u2f', '2v1u1f', '2v1u2f'];
  const table = async (name: string) => {
    const kills = await killsOf(named(name));
    return SIZES.map((size) => {
      const here = kills.filter(
        ({ scenario, setting }) =>
          scenario === `mmio-cache/a-created-slot-is-seen.${size}` && setting.mmio === 'ept',
      );
      const stale = here.filter(({ invariant }) => invariant.startsWith('stale-'));
      const texts = stale.map(({ invariant, detail }) => `${invariant} (${detail})`);
      return `${size} ${texts.join(', ')}`;
    });
  };

  test('the first increment is needed as soon as there are two vCPUs', async () => {
    expect(await table('drop-first-keep-parity.1')).toEqual([
      '1v1u1f ',
      '1v1u2f ',
      '2v1u1f stale-after-update (at rest, vCPU cache), stale-in-window (SPTE)',
      '2v1u2f stale-after-update (at rest, vCPU cache), stale-after-update (vCPU cache), ' +
        'stale-in-window (SPTE)',
    ]);
  });

  test('with the bias, what is tagged in the window is found valid in the window', async () => {
    expect(await table('biased-generation')).toEqual([
      '1v1u1f ',
      '1v1u2f stale-after-update (at rest, vCPU cache), stale-in-window (SPTE)',
      '2v1u1f stale-after-update (at rest, vCPU cache), stale-in-window (SPTE)',
      '2v1u2f stale-after-update (at rest, vCPU cache), stale-after-update (vCPU cache), ' +
        'stale-in-window (SPTE)',
    ]);
  });
});
