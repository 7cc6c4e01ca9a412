// SPDX-License-Identifier: GPL-2.0-only
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decode, encode } from './codec.ts';

const bytes = fc.uint8Array({ maxLength: 40 });
const bits = fc.array(fc.nat(1), { maxLength: 40 }).map((list) => Uint8Array.from(list));
const leaf = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.bigInt(),
  bytes,
  bits,
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), tie('value'), {
      maxKeys: 5,
      noNullPrototype: true,
    }),
  ),
}));

test('every value comes back, on one line', () => {
  fc.assert(
    fc.property(value, (before) => {
      const text = encode(before);
      expect(text).not.toContain('\n');
      expect(decode(text)).toStrictEqual(before);
    }),
  );
});

test('what was entered takes a byte for eight regions', () => {
  expect(encode(new Uint8Array(8000)).length).toBeLessThan(1400);
});

test('a value that would come back as another one is refused', () => {
  for (const bad of [new Map([[1, 2]]), [new Set([1])], { at: /a/ }]) {
    expect(() => encode(bad)).toThrow('has no form in a cache');
  }
});
