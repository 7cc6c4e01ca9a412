// SPDX-License-Identifier: GPL-2.0-only
// What does a thread learn from a word that it only asks one question about? The answer. In C,
// `is_rmap_spte(*sptep)` loads the word and forgets it; here the load returns what the function
// says of it, so that words with the same answer are one observation. What a thread does not look
// at cannot matter to it.

import { Crash, perform, runDirectly } from '#explorer/run';
import { PLAIN, type Step } from '#explorer/step';
import { Marker } from '#explorer/values';
import type { Allocation, Value, World } from '#explorer/world';
import { type Lvalue, loadScalar } from './struct.ts';

type Question = (value: never) => Value;

/** Functions are numbered per world; the numbers are part of step keys and seen nowhere else. */
const numbers = new WeakMap<World, Map<Question, number>>();

function numberOf(world: World, f: Question): number {
  let known = numbers.get(world);
  if (known === undefined) {
    known = new Map();
    numbers.set(world, known);
  }
  const number = known.get(f) ?? known.size;
  known.set(f, number);
  return number;
}

/** How a failing question is remembered: the thread that asked it crashes, not the explorer. */
const FAILED = '\u0000failed: ';

const ASK = (world: World, object: Allocation, offset: number, f: Question): Step => {
  const load = world.loadStep(object, offset);
  return world.step(`read_as ${load.id} ${numberOf(world, f)}`, () => {
    const answers = new Map<number, number>();
    const name = object.layout.scalars[offset]!.name;
    return {
      ...PLAIN,
      observe: load.observe,
      location: load.location,
      project: (id) => {
        const raw = load.project === null ? id : load.project(id);
        let answer = answers.get(raw);
        if (answer === undefined) {
          const again = () => world.intern(ask(world, world.valueOf(raw), f));
          const first = again();
          answer = first;
          answers.set(raw, first);
          world.kept.push(() => again() === first);
        }
        return answer;
      },
      describe: () => ({
        text: `${f.name}(${object.name}->${name}) -> %`,
        show: (answer) => String(world.valueOf(answer)),
      }),
    };
  });
};

function ask(world: World, value: Value, f: Question): Value {
  if (value instanceof Marker) return value;
  try {
    return runDirectly(world, -1, () => f(value as never)).result;
  } catch (error) {
    return `${FAILED}${(error as Error).message}`;
  }
}

/** `f(*p)` in one step that returns only what `f` says. `f` must be a function of its argument. */
export function read_as<T, R extends Value>(p: Lvalue<T>, f: (value: T) => R): R {
  if ('stack' in p.memory) return f(loadScalar(p.memory, p.offset, p.type));
  const answer = perform(ASK, p.memory.cells, p.offset, f as unknown as Question);
  if (typeof answer === 'string' && answer.startsWith(FAILED))
    throw new Crash(answer.slice(FAILED.length));
  if (answer instanceof Marker) return f(p.type.zero as T);
  return answer as R;
}
