// SPDX-License-Identifier: GPL-2.0-only
// Is each wrong answer judged, and no right one? The trail of an updater is laid by hand, so that
// every judgement is asked for by itself: `b` a call begins, `p` it publishes, `r` it returns, `|`
// an access begins.

import { describe, expect, test } from 'vitest';
import { runDirectly } from '#explorer/run';
import { World } from '#explorer/world';
import { static_object } from '#linux/static';
import { int, struct } from '#linux/struct';
import type { Access, AccessKind, HostConfig } from '#vocabulary';
import { callsOf } from './calls.ts';
import { pageAt } from './memory-map.ts';
import { Oracle } from './oracle.ts';
import { createSlot, deleteSlot, hostOf, moveSlot, type Update, X, Y } from './scenario.ts';
import type { Answer, Rulers, Trail } from './truth.ts';

const box = struct('box', { word: int });
const AT = { gfn: X, space: 0 } as const;
const HOST = hostOf({ mmio: ['ept'] }, 'ept');
const RULERS: Rulers = {
  staleness: 'stale-after-update',
  retriesInvalid: false,
  fillsVcpuCacheInWindow: true,
  spaces: 1,
};

interface Setup {
  readonly before?: readonly Update[];
  readonly updates: readonly Update[];
  readonly host?: Partial<HostConfig>;
  readonly rulers?: Partial<Rulers>;
}

/** Lays the trail, and asks when it is laid; `page` is the one that X had or has. */
function asked<T>(
  { before = [], updates, host, rulers }: Setup,
  trail: string,
  ask: (oracle: Oracle, start: Trail, page: bigint) => T,
): T {
  const world = new World({
    threads: 1,
    allocator: 0,
    granularity: 'field',
    config: HOST as unknown as Record<string, unknown>,
  });
  const place = runDirectly(world, -1, () => static_object(box), { isBoot: true }).result;
  const { memory, offset } = place.$.word;
  if (!('cells' in memory)) throw new Error('the box lies on a stack');
  const calls = callsOf(before, updates, { ...HOST, ...host });
  const published = [memory.cells.cellOf[offset]!];
  const oracle = new Oracle(world, published, calls, { ...RULERS, ...rulers });
  const maps = [calls.first, ...calls.calls.map(({ after }) => after)];
  const page = maps.map((map) => pageAt(map, AT)).find((one) => one !== null);
  return runDirectly(world, 0, () => {
    let start: Trail = '';
    for (const letter of trail) {
      if (letter === '|') start = oracle.begin(AT);
      else if (letter === 'p') place.word++;
      else oracle.pass(letter as 'b' | 'r', 'the call goes on');
    }
    return ask(oracle, start, page!);
  }).result;
}

const CREATE: Setup = { updates: [createSlot(0, X)] };
const DELETE: Setup = { before: [createSlot(0, X)], updates: [deleteSlot(0, X)] };
const MOVE: Setup = { before: [createSlot(0, X)], updates: [moveSlot(0, Y)] };
const FAILED: Setup = { ...DELETE, host: { failPrepare: [2] } };

/** MMIO, the page that X has, or another one. */
type Seen = AccessKind | 'its page' | 'another page';

function accessOf(seen: Seen, page: bigint): Access {
  if (seen === 'its page') return { kind: 'ram', pfn: page };
  if (seen === 'another page') return { kind: 'ram', pfn: page + 1n };
  return { kind: seen, pfn: 0n };
}

function judged(setup: Setup, trail: string, seen: Seen): string[] {
  const found = asked(setup, trail, (oracle, start, page) =>
    oracle.judge(start, AT, accessOf(seen, page)),
  );
  return found.map(({ invariant, detail }) => `${invariant}: ${detail}`);
}

describe('an access while a call is under way, or after it', () => {
  const STALE = 'stale-after-update: SPTE';
  const IN_WINDOW = 'stale-in-window: SPTE';
  test.each<[what: string, setup: Setup, trail: string, seen: Seen, says: readonly string[]]>([
    ['MMIO before a slot is created', CREATE, '|', 'mmio-spte', []],
    ['MMIO before the slot is published', CREATE, 'b|', 'mmio-spte', []],
    ['MMIO that began before', CREATE, '|bpr', 'mmio-spte', []],
    ['MMIO after publication', CREATE, 'bp|', 'mmio-spte', [IN_WINDOW]],
    ['MMIO from publication to return', CREATE, 'bp|r', 'mmio-spte', [IN_WINDOW]],
    ['MMIO after the return', CREATE, 'bpr|', 'mmio-spte', [STALE, IN_WINDOW]],
    ['the page after the return', CREATE, 'bpr|', 'its page', []],
    ['the page before the call', CREATE, '|', 'its page', ['no-mapping-after-flush: stale RAM']],
    ['a page before deletion', DELETE, '|', 'its page', []],
    ['a page while it is deleted', DELETE, 'bp|', 'its page', []],
    ['a page after deletion', DELETE, 'bppr|', 'its page', ['no-mapping-after-flush: stale RAM']],
    ['MMIO after deletion', DELETE, 'bppr|', 'mmio-lookup', []],
    ['a page after it was moved', MOVE, 'bppr|', 'its page', ['no-mapping-after-flush: stale RAM']],
    [
      'a page of nobody',
      DELETE,
      '|',
      'another page',
      ['no-mapping-after-flush: a page that was never there'],
    ],
    ['a fault that is tried again', CREATE, 'bpr|', 'retry', []],
    ['a fault that was handled', DELETE, 'bppr|', 'mapped', []],
    [
      'MMIO after a deletion that failed',
      FAILED,
      'bppr|',
      'mmio-lookup',
      ['failed-update-restores: lookup', 'failed-update-restores: lookup'],
    ],
  ])('%s', (_, setup, trail, seen, says) => {
    expect(judged(setup, trail, seen)).toEqual(says);
  });

  test('MMIO by an SPTE of a number that comes again is blamed on the reuse', () => {
    const setup: Setup = { ...CREATE, rulers: { staleness: 'zap-before-reuse' } };
    expect(judged(setup, 'bpr|', 'mmio-spte')).toEqual([
      'zap-before-reuse: SPTE',
      'zap-before-reuse: SPTE, before the call returns',
    ]);
  });

  test('a fault on a slot that goes away is no MMIO where it is tried again', () => {
    const setup: Setup = { ...DELETE, rulers: { retriesInvalid: true } };
    expect(judged(setup, 'bp|', 'mmio-lookup')).toEqual([
      'no-mapping-after-flush: an invalid slot is taken for MMIO',
    ]);
  });
});

test.each<[what: string, setup: Setup, seen: Seen, says: readonly string[]]>([
  ['the page of a new slot', CREATE, 'its page', []],
  ['MMIO where a slot is', CREATE, 'mmio-vcpu', ['stale-after-update: at rest, vCPU cache']],
  [
    'a page of nobody',
    CREATE,
    'another page',
    ['no-mapping-after-flush: at rest, a page that was never there'],
  ],
  ['MMIO where no slot is', DELETE, 'mmio-spte', []],
  [
    'the page of a slot that was deleted',
    DELETE,
    'its page',
    ['no-mapping-after-flush: at rest, stale RAM'],
  ],
  [
    'MMIO after a deletion that failed',
    FAILED,
    'mmio-lookup',
    ['failed-update-restores: at rest, lookup'],
  ],
  ['a fault that is tried again', CREATE, 'retry', []],
])('at rest, %s', (_, setup, seen, says) => {
  const found = asked(setup, '', (oracle, _start, page) =>
    oracle.judgeAtRest(AT, accessOf(seen, page)),
  );
  expect(found.map(({ invariant, detail }) => `${invariant}: ${detail}`)).toEqual(says);
});

test.each<[what: string, setup: Setup, trail: string, isRight: readonly [boolean, boolean]]>([
  ['before a deletion', DELETE, '|', [true, false]],
  ['while it is under way', DELETE, 'bp|', [true, true]],
  ['across it', DELETE, '|bppr', [true, true]],
  ['after it', DELETE, 'bppr|', [false, true]],
  ['after a creation', CREATE, 'bpr|', [true, false]],
])('KVM may use a page, or find none, %s', (_, setup, trail, isRight) => {
  const may = (page: (own: bigint) => Answer) =>
    asked(setup, trail, (oracle, start, own) => oracle.mayUse(start, AT, page(own)));
  expect([may((own) => own), may(() => null)]).toEqual(isRight);
  expect(may((own) => own + 1n)).toBe(false);
});

test('starts that no judgement can tell apart are one start, and others are not', () => {
  const starts = (setup: Setup) =>
    ['|', 'b|', 'bp|', 'bpr|'].map((trail) => asked(setup, trail, (_, start) => start));
  // Until it is published, a call only adds answers that may be given.
  expect(starts(CREATE)).toEqual(['', '', 'bp', 'bpr']);
  expect(starts({ updates: [createSlot(0, Y)] })).toEqual(['', '', '', '']);
});
