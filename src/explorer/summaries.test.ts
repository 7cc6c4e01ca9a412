// SPDX-License-Identifier: GPL-2.0-only
// Is a thread whose ended calls are summarised the thread that it is? That all outcomes are the
// same is a law of random programs (search.test.ts), whose blocks are calls. Here is what nobody
// could see there: what is spared, and who notices if a call does more than its keeper knows.

import { expect, test } from 'vitest';
import { mutex, mutex_lock, mutex_unlock } from '#linux/mutex';
import { allocate, int, type Of, struct } from '#linux/struct';
import { summed, summing } from '#linux/summed';
import { automata } from './automaton.ts';
import { EventTable } from './events.ts';
import type { Program } from './program.ts';
import { isRetraced, pathsOf, trailOf } from './retrace.ts';
import { emit, PortError, runDirectly } from './run.ts';
import { prepare, search } from './search.ts';
import { ALL_REDUCTIONS } from './search-options.ts';
import { World } from './world.ts';

const shared = struct('shared', { a: int, b: int, c: int, lock: mutex });
type shared = Of<typeof shared>;
const notes = struct('notes', { seen: int });
type notes = Of<typeof notes>;

/** Code that one thread runs while another one writes all fields. */
type Code = (s: shared) => readonly number[];

const writesAll = (s: shared) => {
  s.a = 1;
  s.b = 1;
  s.c = 1;
};

function programOf(code: Code, write: (s: shared) => void = writesAll): Program {
  const world = new World({ threads: 2, allocator: 0, granularity: 'field', config: {} });
  const s = runDirectly(world, -1, () => allocate(shared, 'zero', false)).result;
  const writer = () => {
    write(s);
    return [];
  };
  const common = { rounds: 1, start: [] };
  return {
    world,
    threads: [
      { ...common, name: 'writer', group: 0, round: writer },
      { ...common, name: 'reader', group: 1, round: () => code(s) },
    ],
    finale: (_, result) => result,
  };
}

/** A function as a port is emitted: it asks whether its call is to be summarised. */
function summarised<A extends readonly unknown[], R>(code: (...args: A) => R): (...args: A) => R {
  const whole = (...args: A): R =>
    summing() ? (summed(whole as never, args) as R) : code(...args);
  return whole;
}

const options = { memoryModel: 'sc', budgetStates: 10_000, wantEnds: true } as const;
const nodesOf = (code: Code, summarise: boolean) =>
  prepare(programOf(code), { ...options, reductions: { ...ALL_REDUCTIONS, summarise } })!.nodes;
const outcomeOf = (code: Code, summarise: boolean, write = writesAll) => {
  const reductions = { ...ALL_REDUCTIONS, summarise };
  const { ends, events } = search(programOf(code, write), { ...options, reductions });
  return { ends: [...ends].sort(), events: events.map(({ kind }) => kind).sort() };
};

const lookedAtTwice: Code = (s) => {
  const one = summarised((from: shared) => (from.a === from.b ? 1 : 0));
  const two = one(s) + one(s);
  return [two, s.c];
};

test('what a call observed on its way to its result is forgotten', () => {
  expect(outcomeOf(lookedAtTwice, true)).toEqual(outcomeOf(lookedAtTwice, false));
  expect(nodesOf(lookedAtTwice, true)).toBeLessThan(nodesOf(lookedAtTwice, false));
});

test('a call that is known is not run again', () => {
  let runs = 0;
  const code: Code = (s) => {
    summarised((from: shared) => {
      runs++;
      return from.a + from.b;
    })(s);
    return [s.c + s.c + s.c];
  };
  const timesRun = (summarise: boolean) => {
    runs = 0;
    nodesOf(code, summarise);
    return runs;
  };
  expect(timesRun(true)).toBeLessThan(timesRun(false));
});

test('what a call leaves on a stack of its caller is part of what it leaves', () => {
  const code: Code = (s) => {
    const mine = notes.local();
    summarised((from: shared, to: notes) => {
      to.seen = from.a;
    })(s, mine);
    return [s.b, mine.seen];
  };
  expect(outcomeOf(code, true)).toEqual(outcomeOf(code, false));
});

test('so is what it leaves in a plain object, however deep, and in one that it makes', () => {
  const code: Code = (s) => {
    const mine = { of: { a: 7 } };
    const made = summarised((from: shared, to: typeof mine) => {
      to.of.a = from.a;
      return { b: from.b };
    })(s, mine);
    made.b += 2 * s.c;
    return [s.b, mine.of.a, made.b];
  };
  expect(outcomeOf(code, true)).toEqual(outcomeOf(code, false));
});

test('under a lock is known what is known whichever way the thread came', () => {
  const write = (s: shared) => {
    mutex_lock(s.lock);
    s.b = 1;
    mutex_unlock(s.lock);
  };
  // A call has looked at `b`, which stays what it is as long as the lock is held: on each way
  // something else.
  const code: Code = (s) => {
    mutex_lock(s.lock);
    summarised((from: shared) => {
      void from.b;
    })(s);
    const { b } = s;
    mutex_unlock(s.lock);
    return [b];
  };
  const outcome = outcomeOf(code, true, write);
  expect(outcome).toEqual(outcomeOf(code, false, write));
  expect(outcome.ends).toHaveLength(2);
});

test('a call that is handed a function is part of the code around it', () => {
  const code: Code = (s) => {
    let seen = 0;
    summarised((from: shared, tell: (value: number) => void) => tell(from.a))(s, (value) => {
      seen = value;
    });
    return [s.b, seen];
  };
  expect(outcomeOf(code, true)).toEqual(outcomeOf(code, false));
});

test('a call that changes what its keeper does not know of is noticed', () => {
  /** What a call has seen, in a variable that nobody knows of. */
  const seenBy = (s: shared) => {
    let hidden = 0;
    summarised((from: shared) => {
      hidden = from.a;
    })(s);
    return () => hidden;
  };
  const tells: Code = (s) => {
    const seen = seenBy(s);
    const { b } = s;
    if (seen() === 1) emit('WARN', 'hidden');
    return [b];
  };
  const turns: Code = (s) => {
    const seen = seenBy(s);
    const { a } = s;
    return [a + (seen() === 1 ? s.b : s.c)];
  };
  for (const code of [tells, turns])
    expect(() => search(programOf(code), options)).toThrow(PortError);
});

test('objects that lead to one another stay what they are to each other', () => {
  const code: Code = (s) => {
    const inner = { a: 0 };
    const outer = { of: { a: 0 } };
    summarised((from: shared, one: typeof inner, two: typeof outer) => {
      if (from.a === 1) two.of = one;
    })(s, inner, outer);
    inner.a = 2 + s.b;
    return [s.c, outer.of.a];
  };
  expect(outcomeOf(code, true)).toEqual(outcomeOf(code, false));
});

test('code that ends a call otherwise is told apart, though no step of a path shows it', () => {
  let isMutant = false;
  // Where `a` is 1 the mutant returns 1, which makes a difference when `b` is 1 as well.
  const code: Code = (s) => {
    const f = summarised((from: shared) => (from.a === 1 && isMutant ? 1 : 0));
    const found = f(s);
    const later = s.b;
    if (later === 1 && found === 1) emit('WARN', 'both');
    return [later];
  };
  const program = programOf(code);
  const prepared = prepare(program, options)!;
  const events = new EventTable();
  const trails = pathsOf(prepared.automata).map((path) => trailOf(program, path, events));
  const isSame = () => trails.every((trail) => isRetraced(program, trail, events));
  expect(isSame()).toBe(true);
  isMutant = true;
  expect(isSame()).toBe(false);
});

test('who unfolds everything twice finds the same with summaries and without', () => {
  const nodes = (summarises: boolean) => {
    const { world, threads } = programOf(lookedAtTwice);
    const { of } = automata(world, threads, { twice: true, summarises });
    const reader = of[1]!;
    const [zero, one] = [world.intern(0), world.intern(1)];
    let ends = 0;
    const visit = (at = reader.root.to): void => {
      if (at.step === null) ends++;
      else for (const value of [zero, one]) visit(reader.successor(at, value).to);
    };
    visit();
    return { ends, nodes: reader.nodes.length };
  };
  expect(nodes(true).ends).toBe(nodes(false).ends);
  expect(nodes(true).nodes).toBeLessThan(nodes(false).nodes);
});
