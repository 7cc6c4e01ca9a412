// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutex, mutex_lock } from '#linux/mutex';
import { allocate, int, type Of, struct } from '#linux/struct';
import { Automaton } from './automaton.ts';
import { EventTable } from './events.ts';
import { HISTORY_MAX, PortError, runDirectly, unfold, WouldBlock } from './run.ts';
import { type Value, World } from './world.ts';

const counter = struct('counter', { hits: int, misses: int, lock: mutex });
type counter = Of<typeof counter>;

function boot(): { world: World; s: counter } {
  const world = new World({ threads: 1, allocator: 0, granularity: 'field', config: {} });
  return { world, s: runDirectly(world, -1, () => allocate(counter, 'zero', false)).result };
}

/** Unfolds a thread with this code along the given values, as an engine does. */
function automatonOf(world: World, code: () => readonly Value[]): Automaton {
  const thread = { name: 't', group: 0, rounds: 1, start: [], round: code };
  return new Automaton(world, new EventTable(), thread, 0, false, {
    twice: true,
    summarises: false,
  });
}

test('a catch that swallows the suspend token and goes on is a port error', () => {
  const { world, s } = boot();
  const code = () => {
    try {
      s.hits = 1;
    } catch {
      s.misses = 1;
    }
    return [];
  };
  expect(() => unfold(world, 0, 0, [], code)).toThrow(
    new PortError('the thread went on after it was suspended: a catch or finally took the token'),
  );
});

test('a catch that swallows the suspend token and ends the thread is a port error', () => {
  const { world, s } = boot();
  const swallowed = new PortError(
    'the thread ended after it was suspended: a catch or finally took the token',
  );
  const ends = () => {
    try {
      return [s.hits];
    } catch {
      return [];
    }
  };
  expect(() => unfold(world, 0, 0, [], ends)).toThrow(swallowed);
  const throwsAnother = () => {
    try {
      return [s.hits];
    } catch {
      throw new Error('mine');
    }
  };
  expect(() => unfold(world, 0, 0, [], throwsAnother)).toThrow(swallowed);
});

test('a finally that touches shared memory while the thread is suspended is a port error', () => {
  const { world, s } = boot();
  const code = () => {
    try {
      return [s.hits];
    } finally {
      s.misses = 1;
    }
  };
  expect(() => unfold(world, 0, 0, [], code)).toThrow(/a catch or finally took the token/);
});

test('a thread whose next step depends on a counter outside structs is a port error', () => {
  const { world, s } = boot();
  let calls = 0;
  const automaton = automatonOf(world, () => {
    calls++;
    return [calls % 2 === 0 ? s.hits : s.misses];
  });
  expect(() => automaton.root).toThrow(/nondeterministic port: two unfoldings .* differ/);
});

test('a thread whose stored value depends on a clock is a port error', () => {
  const { world, s } = boot();
  let now = 100;
  const automaton = automatonOf(world, () => {
    s.hits = now++;
    return [];
  });
  expect(() => automaton.root).toThrow(/nondeterministic port/);
});

test('a thread whose result depends on a counter outside structs is a port error', () => {
  const { world, s } = boot();
  let calls = 0;
  const automaton = automatonOf(world, () => [s.hits, calls++]);
  const { to } = automaton.root;
  expect(() => automaton.successor(to, world.intern(0))).toThrow(/nondeterministic port/);
});

test('a thread that no longer takes a step that it took before is a port error', () => {
  const { world } = boot();
  expect(() => unfold(world, 0, 0, [1], () => [])).toThrow(/the thread forgot a step/);
});

test('a field that the struct does not declare cannot be written', () => {
  const { world, s } = boot();
  const careless = s as unknown as { generation: number };
  expect(() =>
    runDirectly(world, 0, () => {
      careless.generation = 1;
    }),
  ).toThrow(TypeError);
  const { crash } = unfold(world, 0, 0, [], () => {
    careless.generation = 1;
    return [];
  });
  expect(crash).toMatch(/^TypeError: .*generation/);
});

test('a shared field touched outside a thread is a port error, for reads and for writes', () => {
  const { s } = boot();
  const outside = new PortError('a shared field was touched outside a thread');
  expect(() => s.hits).toThrow(outside);
  expect(() => {
    s.hits = 1;
  }).toThrow(outside);
});

test('a thread is outside again after its unfolding threw', () => {
  const { world, s } = boot();
  unfold(world, 0, 0, [], () => [s.hits]);
  unfold(world, 0, 0, [], () => {
    throw new Error('the port is broken');
  });
  expect(() => s.hits).toThrow(PortError);
});

test('an error of the code is a crash of its thread, with its name and message', () => {
  const { world, s } = boot();
  const code = () => {
    if (s.hits === 0) throw new RangeError('no slot');
    return [];
  };
  expect(unfold(world, 0, 0, [0], code).crash).toBe('RangeError: no slot');
  expect(unfold(world, 0, 0, [1], code)).toMatchObject({ crash: null, result: [] });
});

test('a thread that takes HISTORY_MAX steps without an end crashes for want of progress', () => {
  const { world, s } = boot();
  const history = new Array<Value>(HISTORY_MAX).fill(0);
  const code = () => {
    while (s.hits === 0);
    return [];
  };
  expect(unfold(world, 0, 0, history, code).crash).toMatch(/no progress/);
  expect(unfold(world, 0, 0, history.slice(1), code).crash).toBeNull();
});

test('direct execution that would wait for ever throws and does not hang', () => {
  const { world, s } = boot();
  const twice = () => {
    mutex_lock(s.lock);
    mutex_lock(s.lock);
  };
  expect(() => runDirectly(world, 0, twice)).toThrow(WouldBlock);
});
