// SPDX-License-Identifier: GPL-2.0-only
// What can a thread of a random program do? A small language over the primitives of src/linux:
// each statement prints as a line and runs as plain thread code, as a port would.

import { smp_mb } from '#linux/barrier';
import { heldKey } from '#linux/lock';
import { mutex, mutex_lock, mutex_unlock } from '#linux/mutex';
import { rcu_assign_pointer } from '#linux/rcupdate';
import { kfree, kmalloc } from '#linux/slab';
import { srcu_read_lock, srcu_read_unlock, srcu_struct, synchronize_srcu } from '#linux/srcu';
import { int, located, type Of, pointer, struct } from '#linux/struct';
import { summed, summing } from '#linux/summed';
import { currentlyHeld, currentThread, emit, perform } from './run.ts';
import { PLAIN, type Step } from './step.ts';
import type { Allocation, World } from './world.ts';

export const box = struct('box', { a: int, b: int });
export type box = Of<typeof box>;

/** The memory that the threads of a random program share. */
export const arena = struct('arena', {
  x: int,
  y: int,
  z: int,
  p: pointer(() => box),
  lock: mutex,
  other: mutex,
  srcu: srcu_struct,
});
export type arena = Of<typeof arena>;

export type FieldName = 'x' | 'y' | 'z';
export type LockName = 'lock' | 'other';

export type Statement =
  | { readonly op: 'load'; readonly to: number; readonly field: FieldName }
  | { readonly op: 'store'; readonly field: FieldName; readonly value: number }
  | { readonly op: 'copy'; readonly field: FieldName; readonly from: number }
  | { readonly op: 'increment'; readonly field: FieldName }
  | { readonly op: 'fetch-add'; readonly to: number; readonly field: FieldName }
  | { readonly op: 'if'; readonly register: number; readonly yes: Block; readonly no: Block }
  | { readonly op: 'locked'; readonly lock: LockName; readonly body: Block }
  | { readonly op: 'try-locked'; readonly lock: LockName; readonly body: Block }
  | { readonly op: 'section'; readonly body: Block }
  | { readonly op: 'follow'; readonly to: number }
  | { readonly op: 'synchronize' }
  | { readonly op: 'publish'; readonly isRelease: boolean; readonly retire: Retire }
  | { readonly op: 'fence' }
  | { readonly op: 'warn'; readonly register: number; readonly equals: number };

export type Block = readonly Statement[];

/** What a publisher does with the object that it replaced. */
export type Retire = 'keep' | 'free' | 'wait-and-free';

/** How the threads wait for readers; all but `exact` are faults that a judge must notice. */
export type GracePeriod = 'exact' | 'never-waits' | 'waits-for-later-readers';

/** The values a thread keeps between statements: a plain object, which calls may change. */
export type Registers = Record<number, number>;

/** Values stay below this, so that different histories can meet in one state. */
const VALUES = 3;

/** Runs statements as the thread that runs. A block is a call, so that it can be summarised. */
export function runBlock(s: arena, r: Registers, block: Block, grace: GracePeriod): void {
  if (summing()) {
    summed(() => runBlock(s, r, block, grace), [s, r]);
    return;
  }
  for (const statement of block) runStatement(s, r, statement, grace);
}

function runStatement(s: arena, r: Registers, it: Statement, grace: GracePeriod): void {
  if (it.op === 'load') r[it.to] = s[it.field];
  else if (it.op === 'store') s[it.field] = it.value;
  else if (it.op === 'copy') s[it.field] = (r[it.from]! + 1) % VALUES;
  else if (it.op === 'increment') s[it.field] += 1;
  else if (it.op === 'fetch-add') r[it.to] = fetchAdd(s, it.field);
  else if (it.op === 'if') runBlock(s, r, r[it.register] === 1 ? it.yes : it.no, grace);
  else if (it.op === 'locked') {
    mutex_lock(s[it.lock]);
    runBlock(s, r, it.body, grace);
    mutex_unlock(s[it.lock]);
  } else if (it.op === 'try-locked') {
    if (!tryLock(s[it.lock])) return;
    runBlock(s, r, it.body, grace);
    mutex_unlock(s[it.lock]);
  } else if (it.op === 'section') {
    const idx = srcu_read_lock(s.srcu);
    runBlock(s, r, it.body, grace);
    srcu_read_unlock(s.srcu, idx);
  } else if (it.op === 'follow') {
    const p = s.p;
    if (p !== null) r[it.to] = p.a;
  } else if (it.op === 'synchronize') waitForReaders(s, grace);
  else if (it.op === 'publish') publish(s, r, it.isRelease, it.retire, grace);
  else if (it.op === 'fence') smp_mb();
  else if (r[it.register] === it.equals) emit('WARN', `register ${it.register} is ${it.equals}`);
}

function publish(s: arena, r: Registers, isRelease: boolean, retire: Retire, grace: GracePeriod) {
  const next = kmalloc(box) as box;
  next.a = r[0]! + 1;
  const old = retire === 'keep' ? null : s.p;
  if (isRelease) rcu_assign_pointer(s.$.p, next);
  else s.p = next;
  if (retire === 'wait-and-free') waitForReaders(s, grace);
  kfree(old);
}

/** Waits for the read-side sections as `grace` says; the faults begin like synchronize_srcu(). */
export function waitForReaders(s: arena, grace: GracePeriod): void {
  if (grace === 'exact') {
    synchronize_srcu(s.srcu);
    return;
  }
  perform(BEGIN, s, null, null);
  if (grace === 'waits-for-later-readers') perform(ALL_CLOSED, s, null, null);
}

/** The cells of each thread: how deep its sections nest, and who waits for them. */
function readersOf(world: World, s: arena): { depth: number; awaited: number }[] {
  const depth = world.registry.get(heldKey(s.srcu))!;
  return Array.from({ length: world.options.threads }, (_, thread) => ({
    depth: world.resolve(depth, thread),
    awaited: world.resolve(depth + 1, thread),
  }));
}

/** The beginning of a grace period; an end that asks nobody may follow it. */
const BEGIN = (world: World, s: arena): Step => {
  const me = 1 << (currentThread() + 1);
  const count = (id: number) => world.valueOf(id) as number;
  return world.step(`a wrong grace period begins:${me}`, () => ({
    ...PLAIN,
    effects: readersOf(world, s).map(({ depth, awaited }) => ({
      cell: awaited,
      from: depth,
      blind: false,
      apply: (old: number, open: number) => (count(open) > 0 ? world.intern(count(old) | me) : old),
    })),
    fence: true,
    grace: 'begin',
    describe: () => ({ text: 'a wrong grace period begins', show: null }),
  }));
};

/** The end of a wrong grace period: it also waits for sections opened after its beginning. */
const ALL_CLOSED = (world: World, s: arena): Step =>
  world.step('all sections are closed', () => {
    const none = world.intern(0);
    return {
      ...PLAIN,
      waits: readersOf(world, s).map(({ depth }) => ({
        cell: depth,
        ready: (value: number) => value === none,
      })),
      fence: true,
      grace: 'end',
      describe: () => ({ text: 'all sections are closed', show: null }),
    };
  });

/** Adds 1 to a field in one step and returns what it was: a read-modify-write, fully ordered. */
function fetchAdd(s: arena, field: FieldName): number {
  const { memory, offset } = s.$[field];
  if (!('cells' in memory)) throw new TypeError('the arena lies in shared memory');
  return perform(FETCH_ADD, memory.cells, offset, null) as number;
}

const FETCH_ADD = (world: World, object: Allocation, offset: number): Step =>
  world.step(`fetch-add:${object.name}+${offset}`, () => {
    const { table } = world;
    const cell = object.cellOf[offset]!;
    const path = object.pathOf[offset]!;
    const item = (value: number) => (path < 0 ? value : table.item(value, path));
    const more = (value: number) => world.intern(((world.valueOf(value) as number) + 1) % VALUES);
    const apply = (old: number) =>
      path < 0 ? more(old) : table.withItem(old, path, more(item(old)));
    return {
      ...PLAIN,
      observe: cell,
      project: item,
      effects: [{ cell, from: -1, blind: false, apply }],
      fence: true,
      describe: () => ({ text: `fetch-add ${object.name}+${offset} -> %`, show: String }),
    };
  });

/** Takes the lock if it is free: unlike a blocked step, it goes on either way. */
function tryLock(lock: arena['lock']): boolean {
  const { memory, base } = located(lock);
  if (!('cells' in memory)) throw new TypeError('the arena lies in shared memory');
  const isTaken = perform(TRY_LOCK, memory.cells, base, null) === 0;
  if (isTaken) currentlyHeld().set(heldKey(lock), 1);
  return isTaken;
}

const TRY_LOCK = (world: World, object: Allocation, offset: number): Step =>
  world.step(`try-lock:${object.name}+${offset}`, () => {
    const cell = object.cellOf[offset]!;
    const taken = world.intern(1);
    return {
      ...PLAIN,
      observe: cell,
      effects: [{ cell, from: -1, blind: true, apply: () => taken }],
      fence: true,
      describe: () => ({ text: `try-lock ${object.name}+${offset} -> %`, show: String }),
    };
  });

/** The statements as indented lines. */
export function textOf(block: Block, indent = '  '): string {
  return block.map((it) => indent + lineOf(it) + nested(it, indent)).join('\n');
}

function nested(it: Statement, indent: string): string {
  const blocks = it.op === 'if' ? [it.yes, it.no] : 'body' in it ? [it.body] : [];
  return blocks.map((block) => `\n${textOf(block, `${indent}  `) || `${indent}  -`}`).join('');
}

function lineOf(it: Statement): string {
  const parts = Object.entries(it).filter(([, value]) => !Array.isArray(value));
  return parts.map(([key, value]) => (key === 'op' ? value : `${key}=${value}`)).join(' ');
}
