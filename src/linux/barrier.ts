// SPDX-License-Identifier: GPL-2.0-only
// include/asm-generic/barrier.h. Under sequential consistency these change nothing; with store
// buffers each of them waits until the thread's own buffer is empty. smp_rmb() is free: loads are
// never reordered in this model.

import { perform } from '#explorer/run';
import { PLAIN, type Step } from '#explorer/step';
import type { World } from '#explorer/world';
import { type Lvalue, loadScalar, storeScalar } from './struct.ts';

const FENCE = (world: World, name: string): Step =>
  world.step(name, () => ({
    ...PLAIN,
    fence: true,
    describe: () => ({ text: `${name}()`, show: null }),
  }));

export function smp_mb(): void {
  perform(FENCE, 'smp_mb', null, null);
}

export function smp_wmb(): void {
  perform(FENCE, 'smp_wmb', null, null);
}

export function smp_rmb(): void {}

export function smp_store_release<T>(p: Lvalue<T>, value: T): void {
  storeScalar(p.memory, p.offset, p.type, value, true);
}

export function smp_load_acquire<T>(p: Lvalue<T>): T {
  return loadScalar(p.memory, p.offset, p.type);
}
