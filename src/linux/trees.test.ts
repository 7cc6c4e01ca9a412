// SPDX-License-Identifier: GPL-2.0-only
// Do trees and tables of links find what a plain list finds?

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type RunEvent, runDirectly } from '#explorer/run';
import { World } from '#explorer/world';
import { READ_ONCE } from './compiler.ts';
import { container_of } from './container-of.ts';
import {
  hash_add,
  hash_del,
  hash_first_possible,
  hash_for_each,
  hashtable,
  hlist_node,
} from './hashtable.ts';
import {
  interval_tree_insert,
  interval_tree_iter_first,
  interval_tree_iter_next,
  interval_tree_node,
  interval_tree_remove,
  rb_root_cached,
} from './interval_tree.ts';
import {
  rb_erase,
  rb_first,
  rb_last,
  rb_link_node,
  rb_next,
  rb_node,
  rb_prev,
  rb_replace_node,
  rb_root,
} from './rbtree.ts';
import { kfree, kzalloc } from './slab.ts';
import { static_object } from './static.ts';
import { array, int, type Of, struct } from './struct.ts';

/** A thing that is in two trees, in two sets of intervals and in two tables at once. */
const thing = struct('thing', {
  key: int,
  by_key: array(2, rb_node),
  covers: array(2, interval_tree_node),
  named: array(2, hlist_node),
});
type thing = Of<typeof thing>;

const forest = struct('forest', {
  count: int,
  tree: array(2, rb_root),
  intervals: array(2, rb_root_cached),
  table: array(2, hashtable(1)),
});
type forest = Of<typeof forest>;

const by_key = (t: thing, i: number) => t.by_key[i]!;
const covers = (t: thing, i: number) => t.covers[i]!;
const named = (t: thing, i: number) => t.named[i]!;

function run<T>(code: (f: forest) => T): T {
  const config = { failAllocations: [] };
  const world = new World({ threads: 1, allocator: 0, granularity: 'object', config });
  const { result, events } = runDirectly(world, 0, () => code(static_object(forest)));
  expect(events).toEqual([]);
  return result;
}

const thingOf = (key: number): thing => {
  const made = kzalloc(thing) as thing;
  made.key = key;
  return made;
};

function insert(root: rb_root, it: thing, i: number): void {
  let link = root.$.rb_node;
  let parent: rb_node | null = null;
  for (let next = READ_ONCE(link); next !== null; next = READ_ONCE(link)) {
    parent = next;
    link = it.key < container_of(next, thing, by_key, i).key ? next.$.rb_left : next.$.rb_right;
  }
  rb_link_node(it.by_key[i]!, parent, link);
}

function walk(from: rb_node | null, step: (node: rb_node) => rb_node | null, i: number): number[] {
  const keys: number[] = [];
  for (let node = from; node !== null; node = step(node))
    keys.push(container_of(node, thing, by_key, i).key);
  return keys;
}

/** Puts a key in, takes one out, or puts a copy in the place of one; in one of the two sets. */
const op = fc.record({
  key: fc.nat(12),
  set: fc.nat(1),
  what: fc.constantFrom('in', 'in', 'out', 'copy'),
});

test('a tree has the order of a sorted list, forwards and backwards, whatever was done', () => {
  let deepest = 0;
  const property = fc.property(fc.array(op, { maxLength: 40, size: 'max' }), (ops) => {
    run((f) => {
      const all = [new Map<number, thing>(), new Map<number, thing>()];
      for (const { key, set, what } of ops) {
        const known = all[set]!;
        const root = f.tree[set]!;
        const found = known.get(key);
        if (what === 'in' && found === undefined) {
          // The other set may have this key already: then the same thing is in both.
          const it = all[1 - set]!.get(key) ?? thingOf(key);
          insert(root, it, set);
          known.set(key, it);
        } else if (what === 'out' && found !== undefined) {
          rb_erase(found.by_key[set]!, root);
          known.delete(key);
        } else if (what === 'copy' && found !== undefined) {
          const it = thingOf(key);
          rb_replace_node(found.by_key[set]!, it.by_key[set]!, root);
          known.set(key, it);
        }
        for (const i of [0, 1]) {
          const keys = [...all[i]!.keys()].sort((a, b) => a - b);
          deepest = Math.max(deepest, keys.length);
          expect(walk(rb_first(f.tree[i]!), rb_next, i)).toEqual(keys);
          expect(walk(rb_last(f.tree[i]!), rb_prev, i)).toEqual(keys.reverse());
        }
      }
    });
  });
  fc.assert(property, { numRuns: 60, seed: 612 });
  expect(deepest).toBeGreaterThan(6);
});

test('intervals that overlap are found in the order of their starts, and no others', () => {
  const interval = fc.record({ start: fc.nat(20), length: fc.nat(6), isTaken: fc.boolean() });
  const ask = fc.record({ start: fc.nat(24), length: fc.nat(5) });
  let found = 0;
  const property = fc.property(
    fc.array(interval, { minLength: 4, maxLength: 8, size: 'max' }),
    fc.array(ask, { minLength: 1, maxLength: 4, size: 'max' }),
    (intervals, asked) => {
      run((f) => {
        const root = f.intervals[1]!;
        const things = intervals.map(({ start, length }, i) => {
          const it = thingOf(i);
          it.covers[1]!.start = BigInt(start);
          it.covers[1]!.last = BigInt(start + length);
          interval_tree_insert(it.covers[1]!, root);
          return it;
        });
        intervals.forEach(({ isTaken }, i) => {
          if (isTaken) interval_tree_remove(things[i]!.covers[1]!, root);
        });
        for (const { start, length } of asked) {
          const [from, to] = [BigInt(start), BigInt(start + length)];
          const answer: number[] = [];
          let node = interval_tree_iter_first(root, from, to);
          for (; node !== null; node = interval_tree_iter_next(node, from, to))
            answer.push(container_of(node, thing, covers, 1).key);
          const expected = intervals
            .map((it, i) => ({ ...it, i }))
            .filter((it) => !it.isTaken && it.start <= start + length)
            .filter((it) => it.start + it.length >= start)
            .sort((a, b) => a.start - b.start || a.i - b.i);
          expect(answer).toEqual(expected.map(({ i }) => i));
          found += answer.length;
        }
      });
    },
  );
  fc.assert(property, { numRuns: 60, seed: 612 });
  expect(found).toBeGreaterThan(60);
});

test('a table holds what was added and not taken out, and a search meets its key', () => {
  const property = fc.property(fc.array(op, { maxLength: 30, size: 'max' }), (ops) => {
    run((f) => {
      const known = new Map<number, thing>();
      const table = f.table[0]!;
      for (const { key, what } of ops) {
        const old = known.get(key);
        if (what === 'out') {
          if (old !== undefined) hash_del(old.named[0]!);
          known.delete(key);
        } else if (old === undefined) {
          const it = thingOf(key);
          hash_add(table, it.named[0]!, key);
          known.set(key, it);
        }
        const all: number[] = [];
        hash_for_each(table, (node) => all.push(container_of(node, thing, named, 0).key));
        expect(all.sort((a, b) => a - b)).toEqual([...known.keys()].sort((a, b) => a - b));
        let node = hash_first_possible(table, key);
        while (node !== null && container_of(node, thing, named, 0).key !== key) node = node.next;
        expect(node !== null).toBe(known.has(key));
      }
    });
  });
  fc.assert(property, { numRuns: 60, seed: 612 });
});

test('taking out what is in no table changes nothing', () => {
  run((f) => {
    const [a, b] = [thingOf(1), thingOf(2)];
    hash_add(f.table[0]!, a.named[0]!, 1);
    hash_del(b.named[0]!);
    hash_del(a.named[1]!);
    expect(hash_first_possible(f.table[0]!, 1)).toBe(a.named[0]);
  });
});

test('a link leads to the thing that it lies in, and a foreign link to a crash', () => {
  run((f) => {
    const it = thingOf(7);
    expect(container_of(it.by_key[1]!, thing, by_key, 1)).toBe(it);
    expect(() => container_of(it.by_key[0]!, thing, by_key, 1)).toThrow('no member of a thing');
    expect(() => container_of(f.tree[0]!, thing, by_key, 0)).toThrow('no member of a thing');
    expect(() => container_of(it, thing, by_key, 0)).toThrow('no member of a thing');
  });
});

test('a link of freed memory is reported', () => {
  const config = { failAllocations: [] };
  const world = new World({ threads: 1, allocator: 0, granularity: 'object', config });
  const { events } = runDirectly(world, 0, () => {
    const f = static_object(forest);
    const it = thingOf(1);
    insert(f.tree[0]!, it, 0);
    kfree(it);
    return walk(rb_first(f.tree[0]!), rb_next, 0);
  });
  expect(new Set(events.map(({ kind }) => kind))).toEqual(new Set(['use-after-free']));
});

test('the address of an element of an array is that of the element', () => {
  const pair = struct('pair', { first: int, values: array(2, int) });
  const config = { failAllocations: [] };
  const world = new World({ threads: 1, allocator: 0, granularity: 'object', config });
  const { result, events } = runDirectly(world, 0, () => {
    const it = static_object(pair);
    it.values[1] = 5;
    return [READ_ONCE(it.$.values[1]!), READ_ONCE(it.$.values[0]!), READ_ONCE(it.$.values[2]!)];
  });
  expect(result).toEqual([5, 0, 0]);
  expect(events.map(({ kind }) => kind)).toEqual(['out-of-bounds']);
});

test('a pointer into an object is printed as what it leads to', () => {
  const config = { failAllocations: [] };
  const world = new World({ threads: 1, allocator: 0, granularity: 'object', config });
  const { trace } = runDirectly(
    world,
    0,
    () => {
      const it = static_object(forest);
      it.tree[1]!.rb_node = thingOf(1).by_key[1]!;
      return it.tree[1]!.rb_node;
    },
    { wantTrace: true },
  );
  expect(trace.at(-2)!.step.describe().text).toBe('forest->tree[1].rb_node := thing 0->by_key[1]');
});

test('where a link lies is worked out once per world: that reports nothing, then or later', () => {
  const config = { failAllocations: [] };
  const world = new World({ threads: 1, allocator: 0, granularity: 'object', config });
  const beyond = (t: thing, i: number) => t.by_key[i + 1]!;
  const events: RunEvent[] = [];
  const ask = () =>
    runDirectly(world, 0, () => container_of(thingOf(1).by_key[1]!, thing, beyond, 1), { events });
  for (let times = 0; times < 2; times++) expect(ask).toThrow(/is no member of a thing/);
  expect(events).toEqual([]);
  // A mutant of the function is asked again.
  expect(world.kept.map((again) => again())).toEqual([true]);
});
