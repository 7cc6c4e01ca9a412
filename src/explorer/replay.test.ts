// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { mutex_lock, mutex_unlock } from '#linux/mutex';
import { UserError } from '#user-error';
import { programOf } from './litmus/litmus.ts';
import type { MemoryModel } from './program.ts';
import { type Replayed, replay } from './replay.ts';
import { parseTurns } from './schedule.ts';

const OUTCOMES = { outcomes: { sc: [], 'pso-release': [] }, bad: '' };

/** Store buffering: each thread stores one field and loads the other's. */
const buffering = () =>
  programOf({
    threads: [
      (s) => {
        s.x = 1;
        return [s.y];
      },
      (s) => {
        s.y = 1;
        return [s.x];
      },
    ],
    ...OUTCOMES,
  });

const crossing = () =>
  programOf({
    threads: [
      (s) => {
        mutex_lock(s.lock);
        mutex_unlock(s.lock);
        return [];
      },
      (s) => {
        mutex_lock(s.lock);
        return [];
      },
    ],
    ...OUTCOMES,
  });

const run = (turns: string, model: MemoryModel = 'pso-release', program = buffering()): Replayed =>
  replay(program, parseTurns(turns), model);

test('a replay tells each step with the value that was seen', () => {
  const { rows, end } = run('0.2-1.2', 'sc');
  expect(rows.map(({ thread, turn, text }) => `${thread} ${turn} ${text}`)).toEqual([
    '0 0 arena->x := 1',
    '0 0 arena->y -> 0',
    '1 1 arena->y := 1',
    '1 1 arena->x -> 1',
  ]);
  expect(end).toBe('done');
});

test('a store that is delayed is seen by others only when it reaches memory', () => {
  const texts = (turns: string) => run(turns).rows.map(({ kind, text }) => `${kind} ${text}`);
  expect(texts('0d-0.1-1.2-0f0').at(-2)).toBe('step arena->x -> 0');
  expect(texts('0d-0f0-0.1-1.2').at(-1)).toBe('step arena->x -> 1');
});

test('a schedule may stop in the middle, and then there is no end to judge', () => {
  expect(run('0.1').end).toBe(null);
  expect(run('0d-0.1-1.2').end).toBe(null);
});

test('a replay in a second world says the same', () => {
  const tell = ({ rows, events, end }: Replayed) => ({
    texts: rows.map((r) => r.text),
    events,
    end,
  });
  expect(tell(run('0.1-1d-0.1-1.1-1f0'))).toEqual(tell(run('0.1-1d-0.1-1.1-1f0')));
});

test('threads that wait for ever are an end', () => {
  const stuck = run('1.1', 'sc', crossing());
  expect(stuck.end).toBe('deadlock');
  expect(stuck.events).toEqual([{ kind: 'deadlock', detail: 'threads wait for ever' }]);
});

test.each<[string, string, MemoryModel]>([
  ['0.3', 'turn 1 (0.3) has more steps than thread 0, which ended after 2 of them', 'sc'],
  ['7.1', 'turn 1 (7.1) is of thread 7, and there is none', 'sc'],
  ['0d', 'turn 1 (0d) delays what is no plain store: arena->x := 1', 'sc'],
  ['0.1-0d', 'turn 2 (0d) delays what is no plain store', 'pso-release'],
  ['0.1-0f0', 'turn 2 (0f0) names a store of thread 0 that does not wait', 'pso-release'],
])('a schedule that does not fit says where: %s', (turns, message, model) => {
  const again = () => run(turns, model);
  expect(again).toThrow(UserError);
  expect(again).toThrow(message);
});

test('a turn of a thread that is blocked does not fit', () => {
  expect(() => run('1.1-0.1', 'sc', crossing())).toThrow(
    'turn 2 (0.1) cannot go on after 0 steps: thread 0 is blocked at mutex_lock(&arena->lock)',
  );
});
