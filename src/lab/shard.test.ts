// SPDX-License-Identifier: GPL-2.0-only
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joined, parseShard, SHARDS_MAX, shardOf } from './shard.ts';

test('shards in their order are the whole list, whatever their number', () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 1, maxLength: 50 }), fc.nat(), (all, seed) => {
      const of = 1 + (seed % all.length);
      const shards = Array.from({ length: of }, (_, i) => shardOf(all, { index: i + 1, of }));
      expect(joined(shards)).toEqual(all);
      const lengths = shards.map(({ length }) => length);
      expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
    }),
  );
});

test('without a shard the list is whole', () => {
  expect(shardOf([1, 2, 3], null)).toEqual([1, 2, 3]);
  expect(joined([])).toEqual([]);
});

test('a shard without mutants is refused: it would prove nothing', () => {
  expect(() => shardOf([1, 2], { index: 3, of: 3 })).toThrow('3 shards are too many: there are 2');
});

test('2/3 is the second of three; anything else is refused', () => {
  expect(parseShard('2/3')).toEqual({ index: 2, of: 3 });
  expect(parseShard('1/1')).toEqual({ index: 1, of: 1 });
  for (const bad of ['0/3', '4/3', '3', '1/0', '-1/3', '1/3/3', '1.5/3', `1/${SHARDS_MAX + 1}`]) {
    expect(() => parseShard(bad)).toThrow('a shard is written k/n');
  }
});
