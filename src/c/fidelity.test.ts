// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { fidelity } from './fidelity.ts';
import { hasGcc } from './gcc.ts';
import { GCC_SHIM } from './gcc-shim.ts';
import { random, randomArguments, randomFunction, randomStruct } from './random-c.ts';
import { selfCheck } from './self-check.ts';
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
  const all = names.map((name) => ({ name, globals: [], inputs }));
  return fidelity(translation, GCC_SHIM + edit(text), all);
}

test.runIf(hasGcc())('random C returns what gcc makes of it (skipped if there is no gcc)', () => {
  expect(compared(1, 25, 40)).toEqual({ calls: 1000, undefined: 0, mismatches: [] });
});

test.runIf(hasGcc())('a difference from gcc is found (skipped if there is no gcc)', () => {
  const edit = (text: string) => text.replaceAll('s32 x = 1;', 's32 x = 5;');
  const { mismatches } = compared(2, 3, 10, edit);
  expect(mismatches.length).toBeGreaterThan(0);
});

test.runIf(hasGcc())('random structs lie as gcc lays them out (skipped if no gcc)', () => {
  const next = random(7);
  const structs = Array.from({ length: 40 }, (_, i) => randomStruct(next, `r${i}`));
  const text = structs.map((made) => made.text).join('\n');
  const unit = readUnit(parser, [{ path: 'r.c', text }], {
    config: {},
    overrides: {},
    prelude: '',
  });
  const entries = structs.flatMap(({ calls }) => calls);
  const translation = translate(unit, { entries, edges: {}, constants: [] });
  const inputs = Array.from({ length: 40 }, (_, i) => [BigInt(i)]);
  const all = entries.map((name) => ({
    ...{ name, globals: [] },
    inputs: name.endsWith('_word') ? inputs : inputs.slice(0, 1),
  }));
  const { mismatches, calls } = fidelity(translation, GCC_SHIM + text, all);
  expect(mismatches).toEqual([]);
  expect(calls).toBeGreaterThan(1700);
});

const HELPERS = `
typedef unsigned long gfn_number;
struct helper_pair { gfn_number base; unsigned long npages; };
enum helper_level { HELPER_4K = 1, HELPER_2M };
static u64 helper_mask;
static unsigned int helper_shift;
static u64 helper_low(u64 spte) { return spte & helper_mask; }
u64 helper_high(u64 spte, enum helper_level level) { return helper_low(spte) >> (level * 9); }
int helper_wide(s64 x, u32 y) { return (x << helper_shift) > y; }
u64 helper_memory(struct helper_pair *p) { return p->base; }
void helper_store(u64 x) { helper_mask = x; }
u64 helper_none(void) { return helper_mask; }
`;

test.runIf(hasGcc())('functions of integers of a tree agree with gcc (skipped if no gcc)', () => {
  const options = { config: {}, overrides: {}, prelude: '' };
  const unit = readUnit(parser, [{ path: 'helpers.c', text: HELPERS }], options);
  const entries = ['helper_high', 'helper_wide', 'helper_memory', 'helper_store', 'helper_none'];
  const translation = translate(unit, { entries, edges: {}, constants: [] });
  const { compared, calls, undefined: left, mismatches } = selfCheck(translation, 500);
  expect(compared).toEqual(['helper_high', 'helper_wide', 'helper_low']);
  expect(mismatches).toEqual([]);
  // Counts of shifts are any numbers here, so C leaves some calls undefined.
  expect(left).toBeGreaterThan(0);
  expect(calls + left).toBe(1500);
});
