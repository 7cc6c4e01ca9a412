// SPDX-License-Identifier: GPL-2.0-only
// Which threads does the random program of a seed have? The same seed gives the same code.

import type { Block, FieldName, LockName, Retire, Statement } from './random-statements.ts';

export interface ThreadPlan {
  /** Threads of one group have the same rounds. */
  readonly group: number;
  readonly rounds: readonly Block[];
}

export interface Plan {
  readonly granularity: 'field' | 'object';
  readonly threads: readonly ThreadPlan[];
}

/** What the statements of a thread are rich in: a bit of everything, or locks inside locks. */
type Flavour = 'mixed' | 'locks';

/** Decides what the statements of one thread may be. */
interface Author {
  readonly random: Random;
  readonly flavour: Flavour;
  /** The thread has doubles, so it must do nothing that belongs to one thread. */
  readonly isShared: boolean;
}

type Random = (below: number) => number;

/** The code of the threads of a seed. */
export function planOf(seed: number): Plan {
  const random = generator(seed);
  const granularity = random(2) === 0 ? 'field' : 'object';
  if (random(4) === 0) return { granularity, threads: readersOf(random) };
  const flavour: Flavour = random(4) === 0 ? 'locks' : 'mixed';
  const [count, size] = random(8) < 5 ? [2, 5] : [3, 2];
  const symmetric = random(3) === 0 ? 1 + random(count) : 0;
  const shared = roundsOf({ random, flavour, isShared: true }, size);
  const threads = Array.from({ length: count }, (_, t): ThreadPlan => {
    if (t < symmetric) return { group: 0, rounds: shared };
    return { group: t, rounds: roundsOf({ random, flavour, isShared: false }, size) };
  });
  return { granularity, threads };
}

/** An updater and one or two readers; two readers may be doubles of each other. */
function readersOf(random: Random): ThreadPlan[] {
  const updater = { group: 0, rounds: [updaterOf(random)] };
  const first = { group: 1, rounds: [readerOf(random)] };
  const others = [[], [], [first], [{ group: 2, rounds: [readerOf(random)] }]][random(4)]!;
  return [updater, first, ...others];
}

/** Changes something, waits for the readers of the old, changes something more. */
function updaterOf(random: Random): Block {
  const field = fieldOf(random);
  const synchronize: Statement = { op: 'synchronize' };
  const before: Statement[] = [
    { op: 'store', field, value: 1 },
    { op: 'load', to: 0, field },
    { op: 'publish', isRelease: random(3) > 0, retire: 'keep' },
  ];
  const change: Block[] = [
    [synchronize],
    [synchronize, { op: 'store', field: fieldOf(random), value: 2 }],
    [{ op: 'locked', lock: 'lock', body: [synchronize] }],
    [{ op: 'publish', isRelease: true, retire: 'wait-and-free' }],
  ];
  return [before[random(before.length)]!, ...change[random(change.length)]!];
}

/** A section that looks twice, and sometimes a second section. */
function readerOf(random: Random): Block {
  const look = (to: number): Statement => {
    const choices: Statement[] = [
      { op: 'load', to, field: fieldOf(random) },
      { op: 'load', to, field: fieldOf(random) },
      { op: 'store', field: fieldOf(random), value: 1 + random(2) },
      { op: 'follow', to },
      { op: 'locked', lock: 'lock', body: [] },
    ];
    return choices[random(choices.length)]!;
  };
  const section: Statement = { op: 'section', body: [look(0), look(1)] };
  return random(3) === 0 ? [section, { op: 'section', body: [look(0)] }] : [section];
}

function fieldOf(random: Random): FieldName {
  return (['x', 'x', 'y', 'z'] as const)[random(4)]!;
}

function roundsOf(author: Author, size: number): Block[] {
  const isSplit = author.random(4) === 0;
  const first = blockOf(author, isSplit ? size >> 1 : size, 0);
  return isSplit ? [first, blockOf(author, size - (size >> 1), 0)] : [first];
}

/** Statements that take about `size` steps. */
function blockOf(author: Author, size: number, depth: number): Block {
  const block: Statement[] = [];
  for (let left = size; left > 0; ) {
    const statement = statementOf(author, left, depth);
    block.push(statement);
    left -= stepsOf(statement);
  }
  return block;
}

/** About how many steps a statement takes; the rarer way of a branch is not counted. */
function stepsOf(it: Statement): number {
  if (it.op === 'if') return Math.max(0.5, sum(it.yes));
  if ('body' in it) return 2 + sum(it.body);
  if (it.op === 'publish') return { keep: 2, free: 4, 'wait-and-free': 6 }[it.retire];
  return it.op === 'increment' || it.op === 'follow' || it.op === 'synchronize' ? 2 : 1;
}

function sum(block: Block): number {
  return block.reduce((steps, statement) => steps + stepsOf(statement), 0);
}

function statementOf(author: Author, left: number, depth: number): Statement {
  const { random, flavour } = author;
  const isNested = depth < 2 && random(12) < NESTING[flavour];
  return isNested ? nestedOf(author, left, depth) : simpleOf(author);
}

/** How many of twelve statements have others inside. */
const NESTING = { mixed: 4, locks: 9 } as const;

function nestedOf(author: Author, left: number, depth: number): Statement {
  const { random, flavour } = author;
  const register = random(2);
  const body = blockOf(author, Math.min(2, left - 1), depth + 1);
  const lock: LockName = random(flavour === 'locks' ? 2 : 3) === 0 ? 'other' : 'lock';
  const pick = random(flavour === 'locks' ? 5 : 8);
  if (pick < 3) return { op: 'locked', lock, body };
  if (pick < 4) return { op: 'try-locked', lock, body };
  if (pick < 6) {
    return { op: 'section', body: random(2) === 0 ? body : [{ op: 'follow', to: register }] };
  }
  const no = random(2) === 0 ? [] : blockOf(author, Math.min(2, left - 1), depth + 1);
  return { op: 'if', register, yes: body, no };
}

function simpleOf({ random, isShared }: Author): Statement {
  const field = fieldOf(random);
  const register = random(2);
  const retire: Retire = (['keep', 'free', 'wait-and-free'] as const)[random(3)]!;
  const choices: Statement[] = [
    { op: 'load', to: register, field },
    { op: 'load', to: register, field },
    { op: 'store', field, value: 1 + random(2) },
    { op: 'store', field, value: random(2) },
    { op: 'copy', field, from: register },
    { op: 'increment', field },
    { op: 'fetch-add', to: register, field },
    { op: 'follow', to: register },
    { op: 'warn', register, equals: random(3) },
    { op: 'fence' },
  ];
  // Threads that may change places must not allocate, and a grace period belongs to one thread.
  if (!isShared) {
    choices.push(
      { op: 'synchronize' },
      { op: 'publish', isRelease: random(3) > 0, retire },
      { op: 'publish', isRelease: true, retire },
    );
  }
  return choices[random(choices.length)]!;
}

/** A sequence of numbers below a bound that depends on the seed alone (mulberry32). */
function generator(seed: number): Random {
  let state = Math.imul(seed, 0x9e37_79b9) | 0;
  return (below) => {
    state = (state + 0x6d2b_79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), state | 1);
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61);
    return ((word ^ (word >>> 14)) >>> 0) % below;
  };
}
