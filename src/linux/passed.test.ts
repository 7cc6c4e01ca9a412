// SPDX-License-Identifier: GPL-2.0-only
// Is what a call is passed known again, and can it be passed again as it was?

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runDirectly } from '#explorer/run';
import { World } from '#explorer/world';
import { left, type Passed, passed } from './passed.ts';
import { allocate, array, int, type Of, struct, u64 } from './struct.ts';

const point = struct('point', { x: int, y: int });
const box = struct('box', { hits: int, ids: array(2, u64), corner: point });
type box = Of<typeof box>;

const inWorld = <T>(code: () => T): T =>
  runDirectly(
    new World({ threads: 1, allocator: 0, granularity: 'field', config: { failAllocations: [] } }),
    0,
    code,
  ).result;

const twice = () => 2;
const isCode = (value: object) => value === twice;
const textOf = (...values: readonly unknown[]) => passed(values, isCode)?.text ?? null;

/** Numbers, texts and lists of them, in which the same list may stand twice. */
const value = fc.letrec((tie) => ({
  one: fc.oneof(
    fc.bigInt(),
    fc.integer(),
    fc.boolean(),
    fc.string(),
    fc.constant(null),
    fc.constant(undefined),
  ),
  any: fc.oneof({ maxDepth: 3 }, tie('one'), fc.array(tie('any'), { maxLength: 3 })),
})).any;

test('a copy has the text of what was copied, however often it is made', () => {
  fc.assert(
    fc.property(fc.array(value, { maxLength: 4 }), (values) => {
      const before = passed(values, isCode) as Passed;
      expect(textOf(...before.copy())).toBe(before.text);
      expect(textOf(...before.copy())).toBe(before.text);
    }),
  );
});

test('what differs has another text', () => {
  const texts = [
    textOf(1),
    textOf(1n),
    textOf('1'),
    textOf(true),
    textOf(null),
    textOf(undefined),
    textOf(-0, 1),
    textOf([]),
    textOf([1]),
    textOf([[1]]),
    textOf([1], []),
    textOf({ a: 1 }),
    textOf({ b: 1 }),
    textOf(twice),
    textOf(),
  ];
  expect(new Set(texts).size).toBe(texts.length);
});

test('what a call writes to the stack of its caller is seen after it, in no other copy', () => {
  inWorld(() => {
    const local = box.local();
    const given = passed([local, local.corner], isCode)!;
    const write = () => {
      const [mine, corner] = given.copy() as [box, Of<typeof point>];
      corner.x = 5;
      mine.ids[1] = 7n;
      return { x: mine.corner.x, text: left([mine, corner], null, isCode) };
    };
    const first = write();
    expect(first).toEqual(write());
    // Both views lie on one stack, in the copy as in the original.
    expect(first.x).toBe(5);
    expect(local.corner.x).toBe(0);
    expect(first.text).not.toBe(left([local, local.corner], null, isCode));
    local.corner.x = 5;
    local.ids[1] = 7n;
    expect(first.text).toBe(left([local, local.corner], null, isCode));
  });
});

test('what lies in memory is passed as it is: a pointer', () => {
  inWorld(() => {
    const [one, other] = [allocate(box, 'zero', false), allocate(point, 'zero', false)];
    const given = passed([one, one.corner, one.$.hits, other], isCode)!;
    const copy = given.copy() as [box, unknown, { offset: number }, unknown];
    expect(copy[0]).toBe(one);
    expect(copy[1]).toBe(one.corner);
    expect(copy[2]).toMatchObject({ offset: 0 });
    expect(textOf(one)).not.toBe(textOf(other));
    expect(textOf(one)).not.toBe(textOf(one.corner));
    expect(textOf(one.$.hits)).not.toBe(textOf(one.corner.$.x));
    one.hits = 3;
    expect(given.text).toBe(textOf(one, one.corner, one.$.hits, other));
  });
});

test('an address on the stack leads to the stack of the copy', () => {
  inWorld(() => {
    const local = point.local();
    const given = passed([local, local.$.y], isCode)!;
    const [mine, y] = given.copy() as [
      Of<typeof point>,
      { memory: { stack: unknown[] }; offset: number },
    ];
    y.memory.stack[y.offset] = 9;
    expect([mine.y, local.y]).toEqual([9, 0]);
  });
});

test('objects are copied with what they hold, and one that comes twice stays one', () => {
  const shared = { ranges: [1n] };
  const [a, b] = passed([{ shared }, shared], isCode)!.copy() as [{ shared: object }, object];
  expect(a.shared).toBe(b);
  expect(b).not.toBe(shared);
  expect(textOf({ shared }, shared)).not.toBe(textOf({ shared }, { ranges: [1n] }));
});

test('what may remember something is passed to no call a second time', () => {
  expect(textOf(() => 2)).toBeNull();
  expect(textOf({ f: () => 2 })).toBeNull();
  expect(textOf(new Map())).toBeNull();
  expect(textOf(Symbol('s'))).toBeNull();
  expect(left([1], () => 2, isCode)).toBeNull();
  expect(textOf(twice)).not.toBeNull();
});
