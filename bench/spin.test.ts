// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { figuresOf, run } from './spin.ts';

const OUTPUT = `
Full statespace search for:
	assertion violations	+

State-vector 36 byte, depth reached 76, errors: 2
   111693 states, stored
   162213 states, matched
   273906 transitions (= stored+matched)
        0 atomic steps

  128.000	memory used for hash table (-w24)
  137.070	total actual memory usage

pan: elapsed time 0.06 seconds
`;

test('the figures of a verifier are read from what it prints', () => {
  expect(figuresOf(OUTPUT)).toEqual({
    states: 111_693,
    transitions: 273_906,
    errors: 2,
    memoryMb: 137.07,
  });
});

test('a verifier that stopped early or said nothing has no figures', () => {
  expect(figuresOf(`error: max search depth too small\n${OUTPUT}`)).toEqual({
    failure: 'verifier: max search depth too small',
  });
  expect(figuresOf('pan: out of memory')).toEqual({ failure: 'verifier: out of memory' });
  expect(figuresOf('')).toEqual({ failure: 'verifier: no figures' });
});

const node = (code: string, limitMs: number) => run(process.execPath, ['-e', code], '.', limitMs);

test('a program that takes longer than the limit is ended', async () => {
  const ran = await node('setInterval(() => 0, 1000)', 300);
  expect(ran).toMatchObject({ isCut: true, status: null });
});

test('status and output of a program are kept', async () => {
  const ran = await node('console.log("a"); console.error("b"); process.exitCode = 3', 60_000);
  expect(ran).toMatchObject({ isCut: false, status: 3 });
  expect(ran.output.split('\n').sort()).toEqual(['', 'a', 'b']);
});

test('a program that does not exist has no status', async () => {
  expect(await run('no-such-program', [], '.', 60_000)).toMatchObject({ status: null });
});
