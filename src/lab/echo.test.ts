// SPDX-License-Identifier: GPL-2.0-only
// Is it true that a mutant that echoes the port would be explored with the same result? And is a
// mutant that is patched into a port the mutant that is loaded?

import { describe, expect, test } from 'vitest';
import { atUses } from '#mutation/constants';
import type { EraName, SystemUnderTest } from '#vocabulary';
import { probedPort, reachOf } from './coverage.ts';
import { echoesOf } from './echo.ts';
import { patchedPort } from './patched.ts';
import { portOf } from './ports.ts';
import { allMutants } from './registry.ts';
import { INVARIANTS, SCENARIOS } from './suites.ts';
import { Tape } from './tape.ts';
import { lookAt, runUnit, type Unit, unitName, unitText } from './unit.ts';
import { unitsOf } from './units.ts';
import { loadSystem } from './variants.ts';

/** Small, and each asks other code: slots, the fault path, the vCPU cache, moves, store buffers. */
const SMALL = [
  'memory-order/new-flags-are-published-whole.1v1u1f',
  'memslots/a-slot-moved-away-is-gone.1v1u1f',
  'mmio-cache/a-created-slot-is-seen.1v1u2f',
];

function unitsIn(era: EraName, ids: readonly string[]): Unit[] {
  const scenarios = SCENARIOS.filter(({ id }) => ids.includes(id));
  return unitsOf(era, { scenarios, memoryModel: null, budgetStates: null });
}

/** Others are asked by the same code. A loop of theirs without an end would take minutes here. */
const ERAS: readonly EraName[] = ['v3.17'];
/** Every so many mutants, since each is explored for this: neighbours are much alike. */
const SAMPLE = 53;

describe.each(ERAS)('%s', async (era) => {
  const units = unitsIn(era, SMALL);
  const mutants = (await allMutants([era])).filter((_, i) => i % SAMPLE === 0);
  const port = await loadSystem(era, null);
  const patched = await patchedPort(era, false);

  test('who echoes the port has its result and its outcomes', async () => {
    const count = { echoes: 0, others: 0 };
    for (const [i, plain] of units.entries()) {
      const unit = { ...plain, isObserved: i % 2 === 0 };
      const echoes = await echoesOf(era, unit, mutants);
      const ofPort = lookAt(port, unit, INVARIANTS);
      for (const [at, mutant] of mutants.entries()) {
        if (echoes.isEcho[at] === 0) {
          count.others++;
          continue;
        }
        count.echoes++;
        const ofMutant = lookAt(await loadSystem(era, mutant), unit, INVARIANTS);
        const where = `${mutant.id} in ${unitText(unitName(unit))}`;
        expect(ofMutant, where).toEqual(ofPort);
        if (unit.isObserved) expect(echoes.seen!.texts).toEqual(ofPort.seen);
        else expect(echoes.seen).toBeNull();
      }
    }
    expect(count.echoes).toBeGreaterThan(mutants.length / 2);
    expect(count.others).toBeGreaterThan(mutants.length / 2);
  });

  test('a patched port is the mutant that is loaded, down to where it warns', async () => {
    let different = 0;
    for (const mutant of mutants.filter((one) => patched.takes(one))) {
      const system = await loadSystem(era, mutant);
      for (const unit of units.slice(0, 1)) {
        const loaded = runUnit(system, unit, INVARIANTS);
        const inPlace = patched.with(mutant, () => runUnit(patched.system, unit, INVARIANTS));
        expect(inPlace, mutant.id).toEqual(loaded);
        if (loaded.violations.length > 0) different++;
      }
    }
    expect(different).toBeGreaterThan(0);
    for (const unit of units) {
      const left = runUnit(patched.system, unit, INVARIANTS);
      expect(left).toEqual(runUnit(port, unit, INVARIANTS));
    }
  });
});

/** Scenarios in which many constants matter; and of their mutants every so many. */
const WITH_CONSTANTS = [
  'ioctl/bad-arguments-are-refused',
  'mapping/an-access-gets-what-the-slot-allows',
];

test.each([
  ['v3.17', 5],
  ['v6.12', 12],
] as const)(
  '%s: a constant that is patched at its uses is the mutant that is loaded',
  async (era, every) => {
    const units = unitsIn(era, WITH_CONSTANTS);
    const port = await loadSystem(era, null);
    const patched = await patchedPort(era, false);
    const probed = await probedPort(era);
    const before = units.map((unit) =>
      probed.measure((system) => runUnit(system, unit, INVARIANTS)),
    );
    const constants = (await allMutants([era])).filter((one) => atUses(portOf(era), one) !== null);
    const count = { different: 0, unreached: 0 };
    for (const mutant of constants.filter((_, i) => i % every === 0)) {
      const system = await loadSystem(era, mutant);
      const isReached = reachOf(portOf(era), mutant);
      for (const [i, unit] of units.entries()) {
        const loaded = runUnit(system, unit, INVARIANTS);
        const inPlace = patched.with(mutant, () => runUnit(patched.system, unit, INVARIANTS));
        expect(inPlace, mutant.id).toEqual(loaded);
        const ofPort = runUnit(port, unit, INVARIANTS);
        if (!isReached(before[i]!.coverage)) {
          count.unreached++;
          expect(loaded, mutant.id).toEqual(ofPort);
        } else if (JSON.stringify(loaded) !== JSON.stringify(ofPort)) count.different++;
      }
    }
    expect(count.different).toBeGreaterThan(0);
    expect(count.unreached).toBeGreaterThan(0);
  },
);

test('one port is one mutant at a time', async () => {
  const patched = await patchedPort('v3.17', false);
  const [one, other] = (await allMutants(['v3.17'])).filter((mutant) => patched.takes(mutant));
  patched.enter(one!);
  try {
    expect(() => patched.enter(other!)).toThrow('another mutant still');
  } finally {
    patched.leave();
  }
});

test('what keeps a state of its own is no port that can be asked twice', async () => {
  const port = await loadSystem('v3.17', null);
  let accesses = 0;
  const forgetful: SystemUnderTest = {
    era: 'v3.17',
    boot: (gfns) => {
      const vm = port.boot(gfns);
      const access: typeof vm.access = (...args) =>
        ++accesses % 7 === 0 ? { kind: 'error', pfn: 0n } : vm.access(...args);
      return { ...vm, access };
    },
  };
  const [unit] = unitsIn('v3.17', SMALL.slice(1));
  expect(() => Tape.of(portOf('v3.17'), forgetful, unit!)).toThrow(/as it did|nondeterministic/);
});

test('a store that waits for others is another one only where stores are delayed', async () => {
  const named = (await allMutants(['v3.17'])).filter(({ id }) =>
    id.endsWith('/install_new_memslots/publish-plain.1'),
  );
  const units = unitsIn('v3.17', SMALL);
  const echoes = await Promise.all(
    units.map(async (unit) => ({
      memoryModel: unit.memoryModel,
      echo: (await echoesOf('v3.17', unit, named)).isEcho[0],
    })),
  );
  expect(named).toHaveLength(1);
  expect(new Set(echoes.map(({ memoryModel, echo }) => `${memoryModel} ${echo}`))).toEqual(
    new Set(['sc 1', 'pso-release 0']),
  );
});
