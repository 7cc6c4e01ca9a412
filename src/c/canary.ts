// SPDX-License-Identifier: GPL-2.0-only
// Does translated C really run under every interleaving? A toy of our own with a known race must
// show it, and its mended twin must not: otherwise no verdict on a tree is worth reading.

import type { Program } from '#explorer/program';
import { emit, runDirectly } from '#explorer/run';
import { search } from '#explorer/search';
import { World } from '#explorer/world';
import { Kernel } from './driver/kernel.ts';
import { LOCKS } from './intrinsics/locks.ts';
import type { Intrinsic } from './machine.ts';
import { FlatWorld } from './memory/flat-world.ts';
import type { CParser } from './text/ast.ts';
import { translateText } from './translate-tree.ts';

/** Two counters that go together. The reader of the first looks while the writer is at work. */
const TOY = `
struct mutex { unsigned long opaque; };
struct pair { int first; int second; struct mutex lock; };
void count_racy(struct pair *p) { p->first++; p->second++; }
int differ_racy(struct pair *p) { return p->first != p->second; }
void count(struct pair *p)
{
	mutex_lock(&p->lock);
	p->first++;
	p->second++;
	mutex_unlock(&p->lock);
}
int differ(struct pair *p)
{
	int result;

	mutex_lock(&p->lock);
	result = p->first != p->second;
	mutex_unlock(&p->lock);
	return result;
}
`;

const PAIR = 'struct pair';

/**
 * Why no verdict on a tree may be given; null if the toys end as they must. `explored` tells
 * whether a program shows the race.
 */
export function treeCanaryProblem(
  parser: CParser,
  explored: (program: Program) => boolean = showsRace,
): string | null {
  const isRacySeen = explored(toy(parser, 'count_racy', 'differ_racy'));
  const isMendedSeen = explored(toy(parser, 'count', 'differ'));
  if (isRacySeen && !isMendedSeen) return null;
  return (
    'the toy with a known race ' +
    (isRacySeen ? 'shows it, but so does its mended twin' : 'does not show it') +
    ': C is not really explored'
  );
}

function showsRace(program: Program): boolean {
  const found = search(program, { memoryModel: 'sc', budgetStates: 10_000, wantEnds: false });
  if (!found.isComplete) throw new Error('a toy is too large');
  return found.events.some(({ kind }) => kind === 'toy');
}

function toy(parser: CParser, count: string, differ: string): Program {
  const { mutex_lock, mutex_unlock } = LOCKS as Record<string, { prototype: string; run: unknown }>;
  const locks = { mutex_lock: mutex_lock!, mutex_unlock: mutex_unlock! };
  const translation = translateText(parser, TOY, {
    entries: [count, differ],
    edges: Object.fromEntries(
      Object.entries(locks).map(([name, { prototype }]) => [
        name,
        { kind: 'intrinsic', prototype } as const,
      ]),
    ),
    constants: [],
  });
  const world = new World({ threads: 2, allocator: 0, granularity: 'object', config: {} });
  const intrinsics = translation.intrinsics.map(
    (name) => locks[name as keyof typeof locks].run as Intrinsic,
  );
  const flat = new FlatWorld(world, translation, new Map());
  const { code: f, sites } = translation;
  const kernel = new Kernel(flat, { f, i: intrinsics, sites, reached: new Uint8Array() });
  const lock = kernel.place(PAIR, 'lock').offset / 8;
  const wanted = {
    name: 'pair',
    type: PAIR,
    bytes: kernel.layouts.sizeof(PAIR),
    isHeap: false,
    fresh: 'zero',
    locks: new Set([lock]),
  } as const;
  const { address } = runDirectly(world, -1, () => kernel.flat.make(wanted), {
    isBoot: true,
  }).result;
  const thread = (name: string, group: number, code: () => void) => ({
    name,
    group,
    rounds: 1,
    start: [],
    round: () => {
      code();
      return [];
    },
  });
  return {
    world,
    threads: [
      thread('writer', 0, () => void kernel.call(count, address)),
      thread('reader', 1, () => {
        if (Number(kernel.call(differ, address)) !== 0) emit('toy', 'half a step was seen');
      }),
    ],
    finale: () => [],
  };
}
