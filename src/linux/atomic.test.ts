// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { currentWorld, runDirectly } from '#explorer/run';
import { World } from '#explorer/world';
import { atomic_read, atomic_set, atomic_t } from './atomic.ts';
import { kmalloc, kzalloc } from './slab.ts';
import { assign } from './string.ts';
import { int, type Of, struct } from './struct.ts';

const hinted = struct('kvm_hinted', { hint: atomic_t, used: int });
type hinted = Of<typeof hinted>;

/** Runs code alone; with a trace all its steps are real steps. */
function run<T>(code: () => T, wantTrace: boolean) {
  const world = new World({
    threads: 1,
    allocator: 0,
    granularity: 'object',
    config: { failAllocations: [] },
  });
  return runDirectly(world, 0, code, { wantTrace });
}

test.each([false, true])(
  'an atomic_t keeps what was set, and copies carry it (%s)',
  (wantTrace) => {
    const { result } = run(() => {
      const one = kzalloc(hinted) as hinted;
      const zero = atomic_read(one.hint);
      atomic_set(one.hint, 7);
      const other = kmalloc(hinted) as hinted;
      assign(other, one);
      atomic_set(one.hint, 8);
      const local = hinted.local();
      assign(local, one);
      return [zero, atomic_read(one.hint), atomic_read(other.hint), atomic_read(local.hint)];
    }, wantTrace);
    expect(result).toEqual([0, 8, 7, 8]);
  },
);

test('who copies a struct observes each of its fields but the atomic ones', () => {
  const { result } = run(() => {
    const one = kzalloc(hinted) as hinted;
    const other = kmalloc(hinted) as hinted;
    return runDirectly(currentWorld(), 0, () => assign(other, one), { wantTrace: true }).trace;
  }, false);
  // What a store observes is whether its memory was freed.
  expect(result.map(({ step }) => [step.describe().text, step.observe >= 0])).toEqual([
    ['hinted 0a->hint.counter := hinted 0->hint.counter', false],
    ['hinted 0->used -> %', true],
    ['hinted 0a->used := 0', true],
  ]);
});

test('an int wraps at 32 bits', () => {
  const { result } = run(() => {
    const one = kzalloc(hinted) as hinted;
    atomic_set(one.hint, 0x8000_0000);
    return atomic_read(one.hint);
  }, false);
  expect(result).toBe(-0x8000_0000);
});
