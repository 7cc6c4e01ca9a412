// SPDX-License-Identifier: GPL-2.0-only
// Is it true that a mutant that echoes the port would be explored with the same result? And is a
// mutant that is patched into a port the mutant that is loaded?

import { describe, expect, test } from 'vitest';
import { atUses } from '#mutation/constants';
import type { EraName, SystemUnderTest } from '#vocabulary';
import { probedPort, reachOf } from './coverage.ts';
import { echoesOf } from './echo.ts';
import { runInParts } from './open-tasks.ts';
import { patchedPort } from './patched.ts';
import type { Answer, Pool } from './pool.ts';
import { portOf } from './ports.ts';
import { allMutants } from './registry.ts';
import { INVARIANTS, SCENARIOS } from './suites.ts';
import { Tape } from './tape.ts';
import { runTask, type Task, type TaskResult } from './task.ts';
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

/** A pool that works here. */
const HERE = {
  run: async (
    tasks: readonly Task[],
    told: (n: number, i: number, a: Answer<TaskResult>) => void,
  ) => {
    const answers: Answer<TaskResult>[] = [];
    for (const [i, task] of tasks.entries()) {
      const answer = { kind: 'done', result: await runTask(task, null) } as const;
      answers.push(answer);
      told?.(i + 1, i, answer);
    }
    return answers;
  },
} as unknown as Pool<Task, TaskResult>;

/** Holds each answer against the task done at once; returns the tasks of mutants that lived. */
async function sameAlone(
  tasks: readonly Task[],
  answers: readonly (Answer<TaskResult> | undefined)[],
): Promise<Task[]> {
  const living: Task[] = [];
  for (const [i, task] of tasks.entries()) {
    const { ran: _, ...whole } = await runTask(task, null, loadSystem);
    const answer = answers[i]!;
    const { ran: __, ...parts } = answer.kind === 'done' ? answer.result : { ran: [] };
    expect(parts, task.mutant!.id).toEqual(whole);
    if (whole.verdict?.kills.length === 0) living.push(task);
  }
  return living;
}

test('a task that is done in parts has the result of one that is done at once', async () => {
  const era: EraName = 'v3.17';
  const units = unitsIn(era, [...SMALL.slice(1), 'spte/fields-are-disjoint']).map((unit) => ({
    ...unitName(unit),
    budgetStates: null,
  }));
  const base = { era, baseline: null, coverage: [], story: [], invariants: [], isComplete: false };
  const ports: TaskResult[] = [];
  for (const unit of units)
    ports.push(await runTask({ ...base, mutant: null, units: [unit] }, null));
  const baseline = ports.flatMap((result) => result.units);
  const coverage = ports.flatMap((result) => result.coverage);
  const all = await allMutants([era]);
  const mutants = all.filter((mutant, i) => {
    const isReached = reachOf(portOf(era), mutant);
    return i % 131 === 1 && coverage.some(isReached);
  });
  const tasks = mutants.map((mutant): Task => {
    return { ...base, units, baseline, coverage, mutant, isCompared: true };
  });
  let told = 0;
  const answers = await runInParts(HERE, tasks, (done) => {
    told = done;
  });
  expect(told).toBe(tasks.length);
  const living = await sameAlone(tasks, answers);
  // Of so few nobody is asked in larger units, and yet they are compared there.
  const few = living.slice(0, 2);
  expect(few).toHaveLength(2);
  await sameAlone(few, await runInParts(HERE, few, () => {}));
});

test('a sequence is asked about many; each has the result that it has alone', async () => {
  const era: EraName = 'v3.17';
  const [unit] = unitsIn(era, ['generation/every-install-makes-it-larger']);
  const units = [{ ...unitName(unit!), budgetStates: null }];
  const base = { era, baseline: null, coverage: [], story: [], invariants: [], isComplete: false };
  const port = await runTask({ ...base, mutant: null, units }, null);
  const { units: baseline, coverage } = port;
  const left = (await allMutants([era])).filter(
    (mutant) => mutant.name === 'swap-neighbours' && coverage.some(reachOf(portOf(era), mutant)),
  );
  const tasks = left.slice(0, 24).map((mutant): Task => {
    return { ...base, units, baseline, coverage, mutant };
  });
  let asked = 0;
  const counting = {
    run: (some: readonly Task[], told: () => void) => {
      asked += some.filter(({ suspects }) => suspects !== undefined).length;
      return HERE.run(some, told);
    },
  } as unknown as Pool<Task, TaskResult>;
  const answers = await runInParts(counting, tasks, () => {});
  expect(asked).toBe(1);
  expect(await sameAlone(tasks, answers)).not.toHaveLength(0);
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
