// SPDX-License-Identifier: GPL-2.0-only
// include/linux/rbtree.h, by what it means: an ordered binary tree whose links are embedded in what
// it orders. Left out: colours, and with them rb_insert_color(). They only bound how deep a tree
// may grow; which node comes before which is the same without them, and whoever walks a tree while
// it is being changed is wrong with them and without them.

import { spendFuel } from '#explorer/run';
import { WRITE_ONCE } from './compiler.ts';
import type { ScalarType } from './fields.ts';
import { refOf } from './place.ts';
import { type Lvalue, pointer, struct } from './struct.ts';

/** The left and right subtrees, and the node that this one hangs from. */
export interface rb_node {
  rb_left: rb_node | null;
  rb_right: rb_node | null;
  rb_parent: rb_node | null;
  readonly $: {
    readonly rb_left: Lvalue<rb_node | null>;
    readonly rb_right: Lvalue<rb_node | null>;
    readonly rb_parent: Lvalue<rb_node | null>;
  };
}

const link: ScalarType<rb_node | null> = pointer(() => rb_node);

export const rb_node = struct('rb_node', { rb_left: link, rb_right: link, rb_parent: link });

/** A tree: its topmost node. */
export const rb_root = struct('rb_root', { rb_node: link });
export interface rb_root {
  rb_node: rb_node | null;
  readonly $: { readonly rb_node: Lvalue<rb_node | null> };
}

/** The view that a pointer to the node yields: a node that is reached as a member has another. */
function pointed(node: rb_node): rb_node {
  return refOf(node).view as rb_node;
}

/** Hangs a node without subtrees into the empty place `rb_link` below `parent`. */
export function rb_link_node(
  node: rb_node,
  parent: rb_node | null,
  rb_link: Lvalue<rb_node | null>,
): void {
  node.rb_parent = parent;
  node.rb_left = null;
  node.rb_right = null;
  WRITE_ONCE(rb_link, node);
}

/** Whatever led to `old` from above leads to `new_` now. */
function change_child(
  old: rb_node,
  new_: rb_node | null,
  parent: rb_node | null,
  root: rb_root,
): void {
  if (parent === null) root.rb_node = new_;
  else if (parent.rb_left === old) parent.rb_left = new_;
  else parent.rb_right = new_;
}

/** Takes a node out. Its own links stay as they are, as in C. */
export function rb_erase(node: rb_node, root: rb_root): void {
  const left = node.rb_left;
  const right = node.rb_right;
  const parent = node.rb_parent;
  if (left === null || right === null) {
    const child = left ?? right;
    change_child(pointed(node), child, parent, root);
    if (child !== null) child.rb_parent = parent;
    return;
  }
  const successor = leftmost(right);
  if (successor !== right) {
    const child = successor.rb_right;
    const above = successor.rb_parent!;
    above.rb_left = child;
    if (child !== null) child.rb_parent = above;
    successor.rb_right = right;
    right.rb_parent = successor;
  }
  successor.rb_left = left;
  left.rb_parent = successor;
  successor.rb_parent = parent;
  change_child(pointed(node), successor, parent, root);
}

/** Puts `new_` where `victim` is. Both must stand at the same place of the order. */
export function rb_replace_node(victim: rb_node, new_: rb_node, root: rb_root): void {
  const left = victim.rb_left;
  const right = victim.rb_right;
  const parent = victim.rb_parent;
  new_.rb_left = left;
  new_.rb_right = right;
  new_.rb_parent = parent;
  if (left !== null) left.rb_parent = new_;
  if (right !== null) right.rb_parent = new_;
  change_child(pointed(victim), new_, parent, root);
}

function leftmost(node: rb_node): rb_node {
  let found = node;
  for (let next = found.rb_left; next !== null; next = found.rb_left) {
    spendFuel();
    found = next;
  }
  return found;
}

function rightmost(node: rb_node): rb_node {
  let found = node;
  for (let next = found.rb_right; next !== null; next = found.rb_right) {
    spendFuel();
    found = next;
  }
  return found;
}

/** The first node of the order, or null. */
export function rb_first(root: rb_root): rb_node | null {
  const top = root.rb_node;
  return top === null ? null : leftmost(top);
}

/** The last node of the order, or null. */
export function rb_last(root: rb_root): rb_node | null {
  const top = root.rb_node;
  return top === null ? null : rightmost(top);
}

/** The node after this one, or null. */
export function rb_next(node: rb_node): rb_node | null {
  const right = node.rb_right;
  if (right !== null) return leftmost(right);
  let below = pointed(node);
  let parent = node.rb_parent;
  while (parent !== null && below === parent.rb_right) {
    below = parent;
    parent = parent.rb_parent;
  }
  return parent;
}

/** The node before this one, or null. */
export function rb_prev(node: rb_node): rb_node | null {
  const left = node.rb_left;
  if (left !== null) return rightmost(left);
  let below = pointed(node);
  let parent = node.rb_parent;
  while (parent !== null && below === parent.rb_left) {
    below = parent;
    parent = parent.rb_parent;
  }
  return parent;
}
