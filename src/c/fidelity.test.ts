// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { fidelity } from './fidelity.ts';
import { hasGcc } from './gcc.ts';
import { GCC_SHIM } from './gcc-shim.ts';
import { random, randomArguments, randomFunction } from './random-c.ts';
import { loadParser } from './text/ast.ts';
import { readUnit } from './text/unit.ts';
import { translate } from './translate.ts';

const parser = await loadParser();

/** Functions of a seed, and what gcc and the translator return for the same inputs. */
function compared(seed: number, functions: number, calls: number, edit = (text: string) => text) {
  const next = random(seed);
  const names = Array.from({ length: functions }, (_, i) => `f${i}`);
  const text = names.map((name) => randomFunction(next, name)).join('\n');
  const options = { config: {}, overrides: {}, prelude: '' };
  const unit = readUnit(parser, [{ path: 'random.c', text }], options);
  const translation = translate(unit, { entries: names, edges: {}, constants: [] });
  const inputs = Array.from({ length: calls }, () => randomArguments(next));
  const all = names.map((name) => ({ name, inputs }));
  return fidelity(translation, GCC_SHIM + edit(text), all);
}

test.runIf(hasGcc())('random C returns what gcc makes of it (skipped if there is no gcc)', () => {
  expect(compared(1, 25, 40)).toEqual({ calls: 1000, mismatches: [] });
});

test.runIf(hasGcc())('a difference from gcc is found (skipped if there is no gcc)', () => {
  const edit = (text: string) => text.replaceAll('s32 x = 1;', 's32 x = 5;');
  const { mismatches } = compared(2, 3, 10, edit);
  expect(mismatches.length).toBeGreaterThan(0);
});
