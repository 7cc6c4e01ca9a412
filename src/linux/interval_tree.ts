// SPDX-License-Identifier: GPL-2.0-only
// include/linux/interval_tree.h, by what it means: which intervals overlap a given one, the one
// with the smallest start first? Left out: the largest end below each node and the cached first
// node. They only spare a walk the nodes that it would find not to overlap.

import { spendFuel } from '#explorer/run';
import { READ_ONCE } from './compiler.ts';
import { container_of } from './container-of.ts';
import { rb_erase, rb_first, rb_link_node, rb_next, rb_node, rb_root } from './rbtree.ts';
import { type Of, struct, ulong } from './struct.ts';

/**
 * The interval [start, last], both ends included. The node of the tree comes last: what pointers
 * lead to must not begin where the struct around it begins.
 */
export const interval_tree_node = struct('interval_tree_node', {
  start: ulong,
  last: ulong,
  rb: rb_node,
});
export type interval_tree_node = Of<typeof interval_tree_node>;

export const rb_root_cached = struct('rb_root_cached', { rb_root });
export type rb_root_cached = Of<typeof rb_root_cached>;

const rb = (node: interval_tree_node) => node.rb;

function entry(node: rb_node | null): interval_tree_node | null {
  return node === null ? null : container_of(node, interval_tree_node, rb);
}

/** Equal starts are allowed: the newer interval comes later. */
export function interval_tree_insert(node: interval_tree_node, root: rb_root_cached): void {
  const { start } = node;
  let link = root.rb_root.$.rb_node;
  let parent: rb_node | null = null;
  for (let next = READ_ONCE(link); next !== null; next = READ_ONCE(link)) {
    spendFuel();
    parent = next;
    link = start < entry(parent)!.start ? parent.$.rb_left : parent.$.rb_right;
  }
  rb_link_node(node.rb, parent, link);
}

export function interval_tree_remove(node: interval_tree_node, root: rb_root_cached): void {
  rb_erase(node.rb, root.rb_root);
}

/** The first interval from `node` on, in the order of their starts, that overlaps. */
function overlapping(node: rb_node | null, start: bigint, last: bigint): interval_tree_node | null {
  for (let next = node; next !== null; next = rb_next(next)) {
    spendFuel();
    const found = entry(next)!;
    if (found.start > last) return null;
    if (found.last >= start) return found;
  }
  return null;
}

/** The first interval that overlaps [start, last], both ends included. */
export function interval_tree_iter_first(
  root: rb_root_cached,
  start: bigint,
  last: bigint,
): interval_tree_node | null {
  return overlapping(rb_first(root.rb_root), start, last);
}

/** The next one after `node`. */
export function interval_tree_iter_next(
  node: interval_tree_node,
  start: bigint,
  last: bigint,
): interval_tree_node | null {
  return overlapping(rb_next(node.rb), start, last);
}
