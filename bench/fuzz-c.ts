// SPDX-License-Identifier: GPL-2.0-only
// Does hostile C ever do more than be refused or run to an end, and does random C ever differ from
// gcc? What the tests do on a few seeds per commit, as far as one wants to go.

import { fidelity } from '../src/c/fidelity.ts';
import { fuzz } from '../src/c/fuzz.ts';
import { hasGcc } from '../src/c/gcc.ts';
import { GCC_SHIM } from '../src/c/gcc-shim.ts';
import { random, randomArguments, randomFunction } from '../src/c/random-c.ts';
import { type CParser, loadParser } from '../src/c/text/ast.ts';
import { readUnit } from '../src/c/text/unit.ts';
import { translate } from '../src/c/translate.ts';
import { count } from './table.ts';

const CHUNK = 1000;
const FUNCTIONS = 50;
const CALLS = 100;

/** Damages fixtures by this many seeds and runs a part as much random C; how many were broken. */
export async function fuzzC(seeds: number, print: (text: string) => void): Promise<number> {
  const parser = await loadParser();
  let broken = 0;
  for (let from = 0; from < seeds; from += CHUNK) {
    const found = fuzz(parser, from, Math.min(seeds, from + CHUNK));
    broken += found.broken.length;
    const { refused, translated, returned, faulted } = found;
    const outcome = `${count(refused)} refused, ${count(translated)} translated`;
    const calls = `${count(returned)} calls returned, ${count(faulted)} ended by a fault`;
    print(`damaged C from seed ${from}: ${outcome}; ${calls}; ${found.broken.length} broken`);
    for (const { seed, what } of found.broken) print(`  seed ${seed}: ${what}`);
  }
  if (!hasGcc()) {
    print('random C against gcc: skipped, there is no gcc');
    return broken;
  }
  for (let seed = 0; seed * FUNCTIONS < seeds; seed++) {
    const differ = againstGcc(parser, seed);
    broken += differ;
    print(`random C of seed ${seed}: ${count(FUNCTIONS * CALLS)} calls, ${differ} unlike gcc`);
  }
  return broken;
}

/** How many calls of random functions return another value than in gcc. */
function againstGcc(parser: CParser, seed: number): number {
  const next = random(seed);
  const names = Array.from({ length: FUNCTIONS }, (_, i) => `f${i}`);
  const text = names.map((name) => randomFunction(next, name)).join('\n');
  const options = { config: {}, overrides: {}, prelude: '' };
  const unit = readUnit(parser, [{ path: 'random.c', text }], options);
  const translation = translate(unit, { entries: names, edges: {}, constants: [] });
  const inputs = Array.from({ length: CALLS }, () => randomArguments(next));
  const all = names.map((name) => ({ name, globals: [], inputs }));
  return fidelity(translation, GCC_SHIM + text, all).mismatches.length;
}
