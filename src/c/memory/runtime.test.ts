// SPDX-License-Identifier: GPL-2.0-only
// Is flat memory explored like the structs of a port? Emitted functions, written here by hand, run
// on it under every interleaving.

import { expect, test } from 'vitest';
import type { Program } from '#explorer/program';
import { rawSearch } from '#explorer/raw-search';
import { runDirectly } from '#explorer/run';
import { search } from '#explorer/search';
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

function toy(code: EmittedFunction, threads: number, granularity: 'object' | 'field' = 'object') {
  const translation = { image: [], globalsEnd: GLOBALS_AT, sites: SITES } as unknown as Translation;
  const world = new World({ threads, allocator: 0, granularity, config: {} });
  const flat = new FlatWorld(world, translation, new Map());
  const runs: Code = { f: [code], i: [], sites: SITES, reached: new Uint8Array() };
  const wanted = { name: 'shared', type: null, bytes: 24, isHeap: false, fresh: 'zero' } as const;
  const { address } = runDirectly(world, -1, () => flat.make(wanted), { isBoot: true }).result;
  const thread = (by: number) => ({
    name: `thread ${by}`,
    group: by,
    rounds: 1,
    start: [],
    round: () => {
      runs.f[0]!(machineOf(flat, runs), address + 4, by);
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

test('two increments of half a word lose one of them, in both engines', () => {
  const options = {
    memoryModel: 'sc',
    budgetStates: 10_000,
    wantEnds: true,
    wantObservables: true,
  } as const;
  const seen = search(toy(add32, 2).program, options);
  const plain = rawSearch(toy(add32, 2).program, options);
  expect(seen.isComplete).toBe(true);
  expect(seen.observables).toEqual(plain.observables);
  expect(seen.observables.length).toBe(3);
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
