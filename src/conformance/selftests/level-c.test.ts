// SPDX-License-Identifier: GPL-2.0-only
// When does a selftest count as one that noticed a mutant?

import { expect, test } from 'vitest';
import type { Recording } from '../serial.ts';
import { limitOf, outcomeOf } from './level-c.ts';
import { filesOf, SELFTESTS } from './programs.ts';

const [selftest] = SELFTESTS;
const NAME = selftest!.name;
const recording = (records: readonly string[], others: readonly string[] = []): Recording => ({
  records: records.map((text) => text.replace('TEST', `m4.${NAME}`)),
  faults: [],
  others,
});
const outcome = (...records: string[]) => outcomeOf(recording(records), 'm4', selftest!);

test('what fails once and then passes has passed, and the failure is told', () => {
  expect(outcome('begins TEST', 'ran TEST exit 0 1.50')).toEqual({
    test: NAME,
    outcome: 'passes',
    how: '',
  });
  expect(outcome('ran TEST signal 14 8.40', 'ran TEST exit 0 1.50')).toMatchObject({
    outcome: 'passes',
    how: 'once signal 14',
  });
});

test('what fails each time has noticed the mutant, with what it says of it', () => {
  const said = [
    '==== Test Assertion Failure ====',
    '  set_memory_region_test.c:88: x == y',
    '  pid=8 tid=9',
    '  y is 2',
  ];
  expect(
    outcome(
      ...said.map((line) => `said TEST ${line}`),
      'ran TEST exit 254 1',
      'ran TEST exit 254 1',
    ),
  ).toEqual({
    test: NAME,
    outcome: 'fails',
    how: 'exit 254: set_memory_region_test.c:88: x == y; y is 2',
  });
  expect(outcome('ran TEST limit 300 301', 'ran TEST exit 254 1')).toMatchObject({
    outcome: 'fails',
    how: 'no end within 300 s',
  });
});

test('what fails on the kernel as it stands is skipped, and so is what skips itself', () => {
  const records = [`ran first.${NAME} signal 14 8.40`, `ran first.${NAME} signal 14 8.40`];
  expect(outcomeOf(recording(records), 'first', selftest!)).toMatchObject({ outcome: 'skipped' });
  expect(outcome('ran TEST exit 4 0.10', 'ran TEST exit 4 0.10').outcome).toBe('skipped');
});

test('a kernel that dies is blamed on the test that had begun, and on no other', () => {
  const died = (begun: string) =>
    outcomeOf(recording([`begins ${begun}`], ['Kernel panic - not syncing']), 'm4', selftest!);
  expect(died(`m4.${NAME}`).outcome).toBe('panics');
  expect(died('m4.another').outcome).toBe('unknown');
  expect(outcome('begins TEST').outcome).toBe('unknown');
  expect(outcomeOf(null, 'm4', selftest!).outcome).toBe('unknown');
});

test('a machine that hangs twice is blamed on the test that had begun', () => {
  const hung = (run: string, begun: string) =>
    outcomeOf({ ...recording([`begins ${begun}`]), isHung: true }, run, selftest!);
  expect(hung('m4', `m4.${NAME}`)).toMatchObject({
    outcome: 'fails',
    how: 'the machine hung, twice',
  });
  expect(hung('m4', 'm4.another').outcome).toBe('unknown');
  expect(hung('first', `first.${NAME}`).outcome).toBe('skipped');
});

test('a test has many times as long as on the kernel as it stands', () => {
  const took = (seconds: string) => recording([`ran first.${NAME} exit 0 ${seconds}`]);
  expect(limitOf(took('2.10'), selftest!)).toBe(60);
  expect(limitOf(took('13.10'), selftest!)).toBe(131);
  expect(limitOf(null, selftest!)).toBe(60);
});

test('the files of a library are those of the Makefile', () => {
  const makefile = 'LIBKVM += lib/a.c\nLIBKVM_x86_64 += lib/x86_64/b.S\nLIBKVM += lib/c.c\n';
  expect(filesOf(makefile, 'LIBKVM')).toEqual(['lib/a.c', 'lib/c.c']);
  expect(filesOf(makefile, 'LIBKVM_x86_64')).toEqual(['lib/x86_64/b.S']);
});
