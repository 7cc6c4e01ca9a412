// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { read_as } from '#linux/read-as';
import { allocate, int, struct } from '#linux/struct';
import { automata } from './automaton.ts';
import { findCounterexample, type Goal } from './counterexample.ts';
import { judge } from './outcome.ts';
import type { MemoryModel, Program } from './program.ts';
import { randomProgram } from './random-programs.ts';
import { rawSearch } from './raw-search.ts';
import { replay } from './replay.ts';
import { Execution } from './replay-execution.ts';
import { emit, type RunEvent, runDirectly } from './run.ts';
import type { Turn } from './schedule.ts';
import { World } from './world.ts';

const MODELS: readonly MemoryModel[] = ['sc', 'pso-release'];
const SEEDS = Array.from({ length: 40 }, (_, i) => i + 1);

/** A random program whose ends are events too, one for each thread. */
function observed(seed: number): Program {
  const program = randomProgram(seed);
  const { world } = program;
  return {
    ...program,
    finale: (thread, result) => {
      const texts = result.map((value) => world.table.stableText(world.intern(value)));
      emit(`end of thread ${thread}`, texts.join());
      return program.finale(thread, result);
    },
  };
}

function eventsOf(seed: number, memoryModel: MemoryModel): readonly RunEvent[] {
  return rawSearch(observed(seed), { memoryModel, budgetStates: 1e6, wantEnds: false }).events;
}

const sameAs =
  (event: RunEvent): Goal =>
  ({ kind, detail }) =>
    kind === event.kind && detail === event.detail;

function turnsFor(seed: number, goal: Goal, memoryModel: MemoryModel, isPlain: boolean) {
  const options = { memoryModel, budgetStates: 1e6, isPlain };
  const found = findCounterexample(observed(seed), goal, options);
  return found.kind === 'found' ? found.turns : null;
}

const threadsOf = (turns: readonly Turn[]) => turns.map(({ thread }) => thread);
const switchesOf = (turns: readonly Turn[]) =>
  threadsOf(turns).filter((thread, i, all) => i > 0 && thread !== all[i - 1]).length;

test.each(MODELS)('whatever can happen has a schedule that shows it, under %s', (model) => {
  let shown = 0;
  for (const seed of SEEDS) {
    for (const event of eventsOf(seed, model)) {
      const goal = sameAs(event);
      const [reduced, plain] = [false, true].map(
        (isPlain) => turnsFor(seed, goal, model, isPlain)!,
      );
      const why = `seed ${seed}: ${event.kind} ${event.detail}`;
      for (const turns of [reduced!, plain!])
        expect(replay(observed(seed), turns, model).events.some(goal), why).toBe(true);
      expect(switchesOf(reduced!), why).toBe(switchesOf(plain!));
      shown++;
    }
  }
  expect(shown).toBeGreaterThan(100);
});

test.each(MODELS)('what cannot happen has none, under %s', (memoryModel) => {
  for (const seed of SEEDS) {
    const options = { memoryModel, budgetStates: 1e6 };
    expect(findCounterexample(observed(seed), () => false, options).kind).toBe('none');
  }
});

test('a budget that runs out is told apart from a search without result', () => {
  const options = { memoryModel: 'sc', budgetStates: 5 } as const;
  expect(findCounterexample(observed(1), () => false, options).kind).toBe('unknown');
});

/** Is there an execution with at most so many switches that shows the goal? By trying them all. */
function isShownWithin(seed: number, goal: Goal, switches: number): boolean {
  const programs = observed(seed).threads.length;
  const attempt = (turns: readonly Turn[]): boolean => {
    const program = observed(seed);
    const { of, events } = automata(program.world, program.threads);
    const execution = new Execution(program, of, events, 'sc');
    const seen = [...execution.first.flat()];
    for (const turn of turns as readonly { thread: number; steps: number }[]) {
      for (let i = 0; i < turn.steps; i++) {
        if (!execution.isEnabled(turn.thread)) return false;
        seen.push(...execution.take(turn.thread, false).events);
      }
    }
    const end = execution.end();
    if (end !== null) seen.push(...judge(program, end).events);
    if (seen.some(goal)) return true;
    const last = turns.at(-1);
    const runsOn = last === undefined || !execution.isEnabled(last.thread) ? [] : [last];
    const longer = runsOn.some((turn) =>
      attempt([...turns.slice(0, -1), { ...turn, steps: (turn as { steps: number }).steps + 1 }]),
    );
    if (longer) return true;
    if (turns.length > switches) return false;
    return Array.from({ length: programs }, (_, thread) => thread)
      .filter((thread) => thread !== last?.thread && execution.isEnabled(thread))
      .some((thread) => attempt([...turns, { thread, steps: 1 }]));
  };
  return attempt([]);
}

test('no execution with fewer switches shows the event', () => {
  let checked = 0;
  for (const seed of SEEDS.slice(0, 25)) {
    for (const event of eventsOf(seed, 'sc')) {
      const switches = switchesOf(turnsFor(seed, sameAs(event), 'sc', false)!);
      if (switches < 2 || switches > 3) continue;
      expect(isShownWithin(seed, sameAs(event), switches - 1), `seed ${seed}`).toBe(false);
      if (checked++ % 8 === 0)
        expect(isShownWithin(seed, sameAs(event), switches), `seed ${seed}`).toBe(true);
    }
  }
  expect(checked).toBeGreaterThan(10);
});

test('an answer about a store that waits in its own buffer is not asked about once more', () => {
  const word = struct('word', { value: int, other: int });
  // 10 of 0, and 0 of 10 and of 5: to ask about the answer gives another one.
  const tenIfSmall = (value: number) => (value < 3 ? 10 : 0);
  const world = new World({ threads: 2, allocator: 0, granularity: 'field', config: {} });
  const w = runDirectly(world, -1, () => allocate(word, 'zero', false)).result;
  const asks = () => {
    if (w.other === 7) return [];
    w.value = 5;
    emit('answer', String(read_as(w.$.value, tenIfSmall)));
    return [];
  };
  const writes = () => {
    w.other = 7;
    return [];
  };
  const common = { rounds: 1, start: [] };
  const program: Program = {
    world,
    threads: [
      { ...common, name: 'asks', group: 0, round: asks },
      { ...common, name: 'writes', group: 1, round: writes },
    ],
    finale: () => [],
  };
  const options = { memoryModel: 'pso-release', budgetStates: 1000 } as const;
  const isWrong: Goal = ({ kind, detail }) => kind === 'answer' && detail !== '0';
  expect(findCounterexample(program, isWrong, options).kind).toBe('none');
});
