// SPDX-License-Identifier: GPL-2.0-only
// include/linux/rcupdate.h: publication, and pointers that may be read only under protection.

import { currentlyHeld, emit, isBooting, isReplaying, site } from '#explorer/run';
import {
  type Fields,
  type Lvalue,
  type Memory,
  pointer,
  type StructType,
  storeScalar,
} from './struct.ts';

/** Publishes: everything stored before is visible to whoever sees the new pointer. */
export function rcu_assign_pointer<T>(p: Lvalue<T>, value: T): void {
  storeScalar(p.memory, p.offset, p.type, value, true);
}

/** For pointers that nobody else can see yet: no ordering. */
export function RCU_INIT_POINTER<T>(p: Lvalue<T>, value: T): void {
  storeScalar(p.memory, p.offset, p.type, value, false);
}

/** Checks that a protected pointer that was just read may be used: `c` says whether it may. */
export function rcu_dereference_check<T>(p: T, c: boolean): T {
  if (!c && !isReplaying() && !isBooting())
    emit('suspicious-dereference', site().split(' ')[0] ?? '');
  return p;
}

/**
 * A pointer field (`__rcu` in C) that may be read only inside a section of the srcu_struct, or with
 * the lock, that lie in the same struct under the given names. Reading it otherwise is an event.
 */
export function rcu<F extends Fields>(type: () => StructType<F>, srcu: string, lock: string) {
  return pointer(type, (memory: Memory, offset: number) => {
    if (!('cells' in memory) || isReplaying() || isBooting()) return;
    const { scalars } = memory.cells.layout;
    const name = scalars[offset]!.name;
    const prefix = name.slice(0, name.lastIndexOf('.') + 1);
    const held = currentlyHeld();
    const holds = (field: string) => {
      const at = scalars.findIndex((s) => s.name.startsWith(`${prefix}${field}.`));
      return held.has(`${memory.cells.name}+${at}`);
    };
    if (!holds(srcu) && !holds(lock)) {
      emit(
        'suspicious-dereference',
        `${memory.cells.layout.label}->${name} in ${site().split(' ')[0]}`,
      );
    }
  });
}
