// SPDX-License-Identifier: GPL-2.0-only
// include/linux/hashtable.h and the lists of its buckets (include/linux/list.h). A node knows the
// node before it and the bucket that it hangs in, where C keeps the address of the pointer that
// leads to it: the same list, without pointers to pointers.

import { spendFuel } from '#explorer/run';
import type { ScalarType } from './fields.ts';
import { array, type Lvalue, pointer, struct } from './struct.ts';

export interface hlist_node {
  next: hlist_node | null;
  prev: hlist_node | null;
  head: hlist_head | null;
  readonly $: {
    readonly next: Lvalue<hlist_node | null>;
    readonly prev: Lvalue<hlist_node | null>;
    readonly head: Lvalue<hlist_head | null>;
  };
}

export interface hlist_head {
  first: hlist_node | null;
  readonly $: { readonly first: Lvalue<hlist_node | null> };
}

const link: ScalarType<hlist_node | null> = pointer(() => hlist_node);
const bucket: ScalarType<hlist_head | null> = pointer(() => hlist_head);

export const hlist_node = struct('hlist_node', { next: link, prev: link, head: bucket });
export const hlist_head = struct('hlist_head', { first: link });

/** DECLARE_HASHTABLE(): a table of 2^bits buckets. */
export const hashtable = (bits: number) => array(2 ** bits, hlist_head);

export type hashtable = readonly hlist_head[];

/** The bucket that a key of 32 bits falls into (include/linux/hash.h). */
function bucketOf(table: hashtable, key: number): hlist_head {
  const bits = Math.log2(table.length);
  const hash = Math.imul(key, 0x61c8_8647) >>> 0;
  return table[bits === 0 ? 0 : hash >>> (32 - bits)]!;
}

/** Adds a node under a key; among nodes of one bucket the newest comes first. */
export function hash_add(table: hashtable, node: hlist_node, key: number): void {
  const head = bucketOf(table, key);
  const { first } = head;
  node.next = first;
  if (first !== null) first.prev = node;
  head.first = node;
  node.prev = null;
  node.head = head;
}

/** Takes a node out of the table that it is in; a node that is in none stays as it is. */
export function hash_del(node: hlist_node): void {
  const { head } = node;
  if (head === null) return;
  const { next, prev } = node;
  if (prev === null) head.first = next;
  else prev.next = next;
  if (next !== null) next.prev = prev;
  node.next = null;
  node.prev = null;
  node.head = null;
}

/** The first node that may have the key: go on with `next`. */
export function hash_first_possible(table: hashtable, key: number): hlist_node | null {
  return bucketOf(table, key).first;
}

/** Calls `each` for every node, bucket by bucket. */
export function hash_for_each(table: hashtable, each: (node: hlist_node) => void): void {
  for (let i = 0; i < table.length; i++) {
    for (let node = table[i]!.first; node !== null; node = node.next) {
      spendFuel();
      each(node);
    }
  }
}

/** The same where `each` may free what it is called for: the next node is read before. */
export function hash_for_each_safe(table: hashtable, each: (node: hlist_node) => void): void {
  for (let i = 0; i < table.length; i++) {
    let next: hlist_node | null;
    for (let node = table[i]!.first; node !== null; node = next) {
      spendFuel();
      next = node.next;
      each(node);
    }
  }
}
