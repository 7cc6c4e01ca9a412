// SPDX-License-Identifier: GPL-2.0-only
// Which part of the mutants is one machine to run? Every n-th: neighbours in the list are alike, so
// the parts cost about the same. All machines make the same list, so they need not speak.

import { UserError } from '#user-error';

/** Part `index` of `of`, counted from 1. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

export const SHARDS_MAX = 1000;

/** Reads `2/3`, as vitest writes it. Throws a UserError if that is not a part. */
export function parseShard(text: string): Shard {
  const [, index, of] = /^(\d{1,4})\/(\d{1,4})$/.exec(text) ?? [];
  const shard = { index: Number(index), of: Number(of) };
  if (shard.index >= 1 && shard.index <= shard.of && shard.of <= SHARDS_MAX) return shard;
  throw new UserError(
    `a shard is written k/n, such as 2/3, with k from 1 to n and n up to ${SHARDS_MAX}`,
  );
}

/** The elements of a shard, in their order. Throws a UserError if there are none. */
export function shardOf<T>(all: readonly T[], shard: Shard | null): T[] {
  if (shard === null) return [...all];
  const { index, of } = shard;
  const own = all.filter((_, i) => i % of === index - 1);
  if (own.length > 0) return own;
  throw new UserError(`${of} shards are too many: there are ${all.length} mutants`);
}

/** The list that was cut: shards in their order, each in its own. */
export function joined<T>(shards: readonly (readonly T[])[]): T[] {
  const longest = Math.max(0, ...shards.map(({ length }) => length));
  return Array.from({ length: longest }).flatMap((_, row) =>
    shards.flatMap((shard) => (row < shard.length ? [shard[row]!] : [])),
  );
}
