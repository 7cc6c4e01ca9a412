// SPDX-License-Identifier: GPL-2.0-only
// Do the engines agree on the real ports and on every mutant of them? Not on verdicts only: the
// whole sets of events and of states at rest, with what every exit did, must be equal.

import { expect, test } from 'vitest';
import { bruteForce } from '#explorer/brute-force';
import { optimalDpor } from '#explorer/dpor';
import type { Outcome } from '#explorer/outcome';
import type { MemoryModel } from '#explorer/program';
import { rawSearch } from '#explorer/raw-search';
import { search } from '#explorer/search';
import { ALL_REDUCTIONS } from '#explorer/search-options';
import { allMutants } from '#lab/registry';
import { loadSystem } from '#lab/variants';
import type { Mutant } from '#mutation/mutant';
import type { EraName, HostConfig, SystemUnderTest } from '#vocabulary';
import { programOf } from '../suites/program.ts';
import {
  createSlot,
  deleteSlot,
  hostOf,
  type InterleavingScenario,
  type Update,
} from '../suites/scenario.ts';

const [X, Y, ALWAYS_MMIO] = [0x10n, 0x20n, 0x30n];
const ERAS: readonly EraName[] = ['v3.16', 'v3.17', 'v3.19'];
const MASKS = ['ept', 'shadow'] as const;

function scenario(
  vcpus: number,
  updates: readonly Update[],
  exits: readonly bigint[],
): InterleavingScenario {
  return {
    kind: 'interleaving',
    id: 'engines/agree',
    eras: null,
    memoryModels: ['sc'],
    vcpus,
    updates,
    before: [],
    exitsInSmm: [],
    others: [],
    exits,
    gfns: [X, ALWAYS_MMIO],
    host: { mmio: MASKS },
    staleness: 'stale-after-update',
    budgetStates: 5_000_000,
  };
}

const SIZES = {
  '1v1u1f': scenario(1, [createSlot(0, X)], [X]),
  '1v1u2f': scenario(1, [createSlot(0, X)], [X, X]),
  '2v1u1f': scenario(2, [createSlot(0, X)], [X]),
  '2v1u2f': scenario(2, [createSlot(0, X)], [X, X]),
  '1v2u2f create and delete': scenario(1, [createSlot(0, X), deleteSlot(0, X)], [X, X]),
  '2v2u1f create twice': scenario(2, [createSlot(1, Y, 2n), createSlot(0, X)], [X]),
  '2v2u2f create and delete': scenario(2, [createSlot(0, X), deleteSlot(0, X)], [X, X]),
} as const;

function program(
  system: SystemUnderTest,
  size: keyof typeof SIZES,
  mmio: HostConfig['mmio'],
  memoryModel: MemoryModel = 'sc',
) {
  const host = hostOf(SIZES[size].host, mmio);
  return programOf(system, SIZES[size], { host, memoryModel, wantLogs: true });
}

const texts = (outcome: Outcome) => ({
  isComplete: outcome.isComplete,
  events: outcome.events.map((event) => `${event.kind} ${event.detail}`),
  ends: outcome.ends,
});

const options = (memoryModel: MemoryModel) =>
  ({ memoryModel, budgetStates: 20_000_000, wantEnds: true }) as const;

for (const era of ERAS) {
  test(`${era}: reduced, plain and Optimal-DPOR see the same at 1v1u1f`, async () => {
    const system = await loadSystem(era, null);
    for (const mmio of MASKS) {
      const plain = texts(rawSearch(program(system, '1v1u1f', mmio), options('sc')));
      expect(texts(search(program(system, '1v1u1f', mmio), options('sc')))).toEqual(plain);
      const dpor = optimalDpor(program(system, '1v1u1f', mmio), {
        budgetExecutions: 1e6,
        budgetSteps: 1e9,
        wantEnds: true,
      });
      expect(dpor.blockedExecutions).toBe(0);
      expect(texts(dpor)).toEqual(plain);
    }
  });

  test(`${era}: reduced, plain and Optimal-DPOR see the same at 2v1u1f`, async () => {
    const system = await loadSystem(era, null);
    const plain = texts(rawSearch(program(system, '2v1u1f', 'shadow'), options('sc')));
    expect(texts(search(program(system, '2v1u1f', 'shadow'), options('sc')))).toEqual(plain);
    const dpor = optimalDpor(program(system, '2v1u1f', 'shadow'), {
      budgetExecutions: 1e6,
      budgetSteps: 1e9,
      wantEnds: true,
    });
    expect(texts(dpor)).toEqual(plain);
  });

  test(`${era}: with store buffers reduced and plain see the same at 1v1u1f`, async () => {
    const system = await loadSystem(era, null);
    const pso = options('pso-release');
    const plain = rawSearch(program(system, '1v1u1f', 'shadow', 'pso-release'), pso);
    const reduced = search(program(system, '1v1u1f', 'shadow', 'pso-release'), pso);
    expect(texts(reduced)).toEqual(texts(plain));
    expect(reduced.counts.states).toBeLessThan(plain.counts.states);
  });
}

test('a mutant of each operator: reduced and plain see the same at 1v1u1f and 1v1u2f', async () => {
  const all = await allMutants();
  const isFirst = ({ era, kind, name }: Mutant, index: number) =>
    kind !== 'operator' || all.findIndex((m) => m.era === era && m.name === name) === index;
  // An address without its shift is a page that no scenario has: nothing to explore.
  const mutants = all.filter(isFirst).filter(({ name }) => name !== 'page-shift-wrong');
  expect(mutants.length).toBeGreaterThan(100);
  for (const mutant of mutants) {
    const system = await loadSystem(mutant.era, mutant);
    for (const size of ['1v1u1f', '1v1u2f'] as const) {
      const plain = rawSearch(program(system, size, 'shadow'), options('sc'));
      const reduced = search(program(system, size, 'shadow'), options('sc'));
      expect(texts(reduced), `${mutant.id} ${size}`).toEqual(texts(plain));
    }
  }
});

test.each(['v3.16', 'v3.17', 'v3.19', 'v5.11', 'v6.12'] as const)(
  '%s: ended calls are summarised, and the outcomes are what they are',
  async (era) => {
    const system = await loadSystem(era, null);
    const reductions = { ...ALL_REDUCTIONS, summarise: false };
    for (const size of ['2v1u2f', '1v2u2f create and delete'] as const) {
      for (const mmio of MASKS) {
        const all = search(program(system, size, mmio), options('sc'));
        const whole = search(program(system, size, mmio), { ...options('sc'), reductions });
        expect(texts(all), `${size} ${mmio}`).toEqual(texts(whole));
        // If nobody asked for summaries, all would be well here too. Where calls observe little,
        // guesses that go wrong may make up for the nodes that are spared.
        expect(all.counts.nodes).not.toBe(whole.counts.nodes);
      }
    }
  },
);

test.each([
  'v3.17',
  // Its readers write the hint of a set that the updater copies.
  'v3.19',
] as const)('%s: each reduction keeps the outcomes of 2v2u1f and of 1v2u2f', async (era) => {
  const system = await loadSystem(era, null);
  for (const size of ['2v2u1f create twice', '1v2u2f create and delete', '2v1u2f'] as const) {
    const all = texts(search(program(system, size, 'shadow'), options('sc')));
    const reductions = { ...ALL_REDUCTIONS, fuse: false, symmetry: false };
    const some = search(program(system, size, 'shadow'), { ...options('sc'), reductions });
    expect(texts(some), size).toEqual(all);
  }
});

test('brute force cannot judge a port: 1v1u1f has more than 1,000 interleavings', async () => {
  const system = await loadSystem('v3.17', null);
  const brute = bruteForce(program(system, '1v1u1f', 'ept'), {
    memoryModel: 'sc',
    budgetInterleavings: 1000,
    wantEnds: false,
  });
  expect(brute.isComplete).toBe(false);
});
