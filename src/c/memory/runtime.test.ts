// SPDX-License-Identifier: GPL-2.0-only
// Is flat memory explored like the structs of a port? Emitted functions, written here by hand, run
// on it under every interleaving.

import { expect, test } from 'vitest';
import type { Program } from '#explorer/program';
import { rawSearch } from '#explorer/raw-search';
import { runDirectly } from '#explorer/run';
import { prepare, search } from '#explorer/search';
import { ALL_REDUCTIONS, type Reductions } from '#explorer/search-options';
import { World } from '#explorer/world';
import { type EmittedFunction, GLOBALS_AT } from '../machine.ts';
import type { Site, Translation } from '../translation.ts';
import { FlatWorld } from './flat-world.ts';
import { type Code, machineOf } from './runtime.ts';

const site = (line: number): Site => ({
  file: 'toy.c',
  line,
  function: 'toy',
  text: '',
  kind: 'plain',
  name: '',
});
const SITES = [site(1), site(2), site(3)];

/** counter += by; */
const add32: EmittedFunction = (m, counter, by) => {
  const old = m.lds32(0, counter as number);
  m.st32(1, counter as number, (old + (by as number)) | 0);
  return undefined;
};

/** A struct on the stack is filled, and copied to where others see it. */
const publish: EmittedFunction = (m, to) => {
  const at = m.enter(0, 24);
  m.st64(0, at, 5n);
  m.st32(0, at + 8, -1);
  m.st8(0, at + 12, 7);
  m.copy(2, to as number, at, 16);
  m.leave(24);
  return undefined;
};

function toy(
  code: EmittedFunction,
  threads: number,
  granularity: 'object' | 'field' = 'object',
  others: readonly EmittedFunction[] = [],
) {
  const translation = { image: [], globalsEnd: GLOBALS_AT, sites: SITES } as unknown as Translation;
  const world = new World({ threads, allocator: 0, granularity, config: {} });
  const flat = new FlatWorld(world, translation, new Map());
  const runs: Code = { f: [code, ...others], i: [], sites: SITES, reached: new Uint8Array() };
  const wanted = { name: 'shared', type: null, bytes: 24, isHeap: false, fresh: 'zero' } as const;
  const { address } = runDirectly(world, -1, () => flat.make(wanted), { isBoot: true }).result;
  const thread = (by: number) => ({
    name: `thread ${by}`,
    group: by,
    rounds: 1,
    start: [],
    round: () => {
      const m = machineOf(flat, runs);
      m.f[0]!(m, address + 4, by);
      return [];
    },
  });
  const program: Program = {
    world,
    threads: Array.from({ length: threads }, (_, i) => thread(i + 1)),
    finale: () => [
      machineOf(flat, runs).lds32(0, address + 4),
      machineOf(flat, runs).lds32(0, address),
    ],
  };
  return { program, world, flat, address, runs };
}

const OPTIONS = {
  memoryModel: 'sc',
  budgetStates: 100_000,
  wantEnds: true,
  wantObservables: true,
} as const;

test('two increments of half a word lose one of them, in both engines', () => {
  const seen = search(toy(add32, 2).program, OPTIONS);
  const plain = rawSearch(toy(add32, 2).program, OPTIONS);
  expect(seen.isComplete).toBe(true);
  expect(seen.observables).toEqual(plain.observables);
  expect(seen.observables.length).toBe(3);
});

/**
 * Writes into a frame of its caller what it finds, across two words; its own frame is nobody's
 * business.
 */
const lookInto: EmittedFunction = (m, from, to) => {
  const mine = m.enter(0, 16);
  m.st32(0, mine, m.lds32(0, from as number));
  const [first, second] = [m.lds32(2, mine) & 1, m.lds32(0, from as number) & 1];
  m.st64(1, (to as number) + 4, (BigInt(second) << 32n) | BigInt(first));
  m.leave(16);
  return undefined;
};

/** Looks twice by a call, once more by itself, and tells others what the call has seen. */
const lookAndTell: EmittedFunction = (m, counter, by) => {
  const at = m.enter(0, 16);
  m.st32(0, at + 4, 0);
  m.f[1]!(m, counter as number, at);
  m.lds32(1, counter as number);
  const told = 4 * m.lds32(0, at + 4) + 8 * m.lds32(0, at + 8);
  m.st32(2, counter as number, told + (by as number));
  m.leave(16);
  return undefined;
};

test('what a call leaves on the stack of its caller is there where it is not run again', () => {
  const made = () => toy(lookAndTell, 2, 'object', [lookInto]).program;
  const seen = search(made(), OPTIONS);
  const plain = rawSearch(made(), OPTIONS);
  expect(seen.isComplete).toBe(true);
  expect(seen.observables).toEqual(plain.observables);
  expect(seen.observables.length).toBeGreaterThan(3);
  const reductions = { ...ALL_REDUCTIONS, summarise: false };
  const nodes = (how: Reductions) => prepare(made(), { ...OPTIONS, reductions: how })!.nodes;
  expect(nodes(ALL_REDUCTIONS)).toBeLessThan(nodes(reductions));
});

test('the other half of the word stays as it is', () => {
  const { world, flat, address, runs } = toy(add32, 1);
  const code = () => {
    const m = machineOf(flat, runs);
    m.st32(0, address, -2);
    add32(m, address + 4, 3);
    return [m.lds32(0, address), m.ldu32(0, address), m.lds32(0, address + 4), m.ldu64(0, address)];
  };
  expect(runDirectly(world, 0, code).result).toEqual([-2, 0xffff_fffe, 3, 0x3_ffff_fffen]);
});

test('a struct is copied in pieces, from a stack that takes no step', () => {
  const { world, flat, address, runs } = toy(publish, 1);
  const code = () => {
    const m = machineOf(flat, runs);
    publish(m, address);
    return [m.ldu64(0, address), m.lds32(0, address + 8), m.ldu8(0, address + 12)];
  };
  const { result, trace } = runDirectly(world, 0, code, { wantTrace: true });
  expect(result).toEqual([5n, -1, 7]);
  expect(trace.map(({ site: at }) => at).slice(0, 2)).toEqual(['toy toy.c:3', 'toy toy.c:3']);
  expect(trace).toHaveLength(5);
});
