// SPDX-License-Identifier: GPL-2.0-only
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UserError } from '#user-error';
import {
  parseSchedule,
  parseTurns,
  type Schedule,
  scheduleText,
  shortHash,
  type Turn,
} from './schedule.ts';

const TEXT =
  'v3.17/install_new_memslots/drop-increment.2@mmio-cache/a-created-slot-is-seen@sc@1v1u1f-ept' +
  '@0.4-1.5-0.1@9f3c1d00';

const name = fc.stringMatching(/^[a-z0-9._+-]{1,12}(\/[a-z0-9._+-]{1,12}){0,2}$/);
const thread = fc.nat({ max: 9 });
const turn = fc.oneof<fc.Arbitrary<Turn>[]>(
  fc.record({ thread, steps: fc.integer({ min: 1, max: 999_999 }) }),
  fc.record({ thread, flush: fc.nat({ max: 9999 }) }),
  fc.record({ thread, isDelayed: fc.constant(true as const) }),
);
const schedule: fc.Arbitrary<Schedule> = fc.record({
  subject: name,
  scenario: name,
  memoryModel: fc.constantFrom('sc', 'pso-release'),
  bounds: name,
  turns: fc.array(turn, { maxLength: 9 }),
  hash: fc.stringMatching(/^[0-9a-f]{8}$/),
});

test('a schedule that was written down is read back as it was', () => {
  fc.assert(
    fc.property(schedule, (value) => {
      expect(parseSchedule(scheduleText(value))).toEqual(value);
    }),
  );
});

test('a schedule needs no quoting in a shell', () => {
  fc.assert(
    fc.property(schedule, (value) => {
      expect(scheduleText(value)).toMatch(/^[\w@./+-]+$/);
    }),
  );
});

test('a turn is a run of steps, a store that is delayed, or one that reaches memory', () => {
  expect(parseTurns('0.4-1d-1.5-1f0')).toEqual([
    { thread: 0, steps: 4 },
    { thread: 1, isDelayed: true },
    { thread: 1, steps: 5 },
    { thread: 1, flush: 0 },
  ]);
});

test('the hash is eight digits that change with the text', () => {
  expect(shortHash('a')).toMatch(/^[0-9a-f]{8}$/);
  expect(shortHash('a')).not.toBe(shortHash('b'));
});

test.each([
  [
    'v3.17@t',
    "six parts between '@' (subject, scenario, memory model, bounds, turns, hash), not 2",
  ],
  [TEXT.replace('@sc@', '@tso@'), "memory model is 'tso', not sc or pso-release"],
  [TEXT.replace('9f3c1d00', '9f3c1d'), "hash '9f3c1d' is not eight hexadecimal digits"],
  [TEXT.replace('1.5', '1.0'), "turn 2 of the schedule is '1.0', not like '0.4'"],
  [TEXT.replace('0.4', '-1'), "turn 1 of the schedule is ''"],
  [TEXT.replace('1v1u1f-ept', '$(reboot)'), "bounds '$(reboot)' is not a name"],
  [TEXT.replace('mmio-cache/', ' '), "scenario ' a-created-slot-is-seen' is not a name"],
  ['', 'not 1'],
])('the part of a schedule that is wrong is named: %s', (text, message) => {
  const read = () => parseSchedule(text);
  expect(read).toThrow(UserError);
  expect(read).toThrow(message);
});
