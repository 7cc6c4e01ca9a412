// SPDX-License-Identifier: GPL-2.0-only
// A mutant may tie a tree or a list into a knot. Does every walk of ours through it come to an end?

import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { runDirectly } from '#explorer/run';
import { World } from '#explorer/world';
import { hash_add, hash_for_each, hash_for_each_safe, hashtable, hlist_node } from './hashtable.ts';
import {
  interval_tree_insert,
  interval_tree_iter_first,
  interval_tree_node,
  rb_root_cached,
} from './interval_tree.ts';
import { rb_first, rb_last, rb_link_node, rb_next, rb_node, rb_root } from './rbtree.ts';
import { kzalloc } from './slab.ts';
import { static_object } from './static.ts';
import { int, type Of, struct } from './struct.ts';

const thing = struct('thing', {
  key: int,
  by_key: rb_node,
  covers: interval_tree_node,
  named: hlist_node,
});
type thing = Of<typeof thing>;

const forest = struct('forest', {
  count: int,
  tree: rb_root,
  intervals: rb_root_cached,
  table: hashtable(1),
});
type forest = Of<typeof forest>;

const thingOf = () => kzalloc(thing) as thing;

function run(code: (f: forest) => void): void {
  const config = { failAllocations: [] };
  const world = new World({ threads: 1, allocator: 0, granularity: 'object', config });
  runDirectly(world, 0, () => code(static_object(forest)));
}

/** Ends code that would never end by itself: then this test fails, and does not hang. */
function interrupted(code: () => void): void {
  runInNewContext('code()', { code }, { timeout: 60_000 });
}

/** Each leads back to itself, as after a node was put in twice. */
const ENDLESS: readonly (readonly [walk: string, code: (f: forest, it: thing) => void])[] = [
  [
    'to put an interval in',
    (f, it) => {
      const root = f.intervals;
      interval_tree_insert(it.covers, root);
      it.covers.rb.rb_right = it.covers.rb;
      interval_tree_insert(thingOf().covers, root);
    },
  ],
  [
    'to find what overlaps',
    (f, it) => {
      const root = f.intervals;
      it.covers.start = it.covers.last = 1n;
      interval_tree_insert(it.covers, root);
      it.covers.rb.rb_left = it.covers.rb;
      interval_tree_iter_first(root, 5n, 6n);
    },
  ],
  [
    'to the first node',
    (f, it) => {
      rb_link_node(it.by_key, null, f.tree.$.rb_node);
      it.by_key.rb_left = it.by_key;
      rb_first(f.tree);
    },
  ],
  [
    'to the last node',
    (f, it) => {
      rb_link_node(it.by_key, null, f.tree.$.rb_node);
      it.by_key.rb_right = it.by_key;
      rb_last(f.tree);
    },
  ],
  [
    'to the next node',
    (f, it) => {
      rb_link_node(it.by_key, null, f.tree.$.rb_node);
      const after = thingOf();
      it.by_key.rb_right = after.by_key;
      after.by_key.rb_left = after.by_key;
      rb_next(it.by_key);
    },
  ],
  [
    'through a table',
    (f, it) => {
      hash_add(f.table, it.named, 1);
      it.named.next = it.named;
      hash_for_each(f.table, () => {});
    },
  ],
  [
    'through a table whose nodes are freed',
    (f, it) => {
      hash_add(f.table, it.named, 1);
      it.named.next = it.named;
      hash_for_each_safe(f.table, () => {});
    },
  ],
];

test.each(ENDLESS)('a walk without an end is a crash and no hang: %s', (_, code) => {
  expect(() => interrupted(() => run((f) => code(f, thingOf())))).toThrow('no progress');
});
