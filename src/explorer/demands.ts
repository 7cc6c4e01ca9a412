// SPDX-License-Identifier: GPL-2.0-only
// What must be true of the code of a thread, or else no automaton stands for it?

import type { EventTable } from './events.ts';
import { PortError } from './failures.ts';
import type { Unfolded } from './unfolded.ts';
import type { Value, World } from './world.ts';

/** Two runs on one history find the same. Throws a PortError. */
export function demandSame(world: World, events: EventTable, a: Unfolded, b: Unfolded): void {
  const intern = (values: readonly Value[]) => values.map((value) => world.intern(value)).join();
  const key = (u: Unfolded) =>
    `${u.crash}|${u.result === null ? '' : intern(u.result)}|${events.intern(u.events)}`;
  if (a.next !== b.next || key(a) !== key(b)) {
    throw new PortError('nondeterministic port: two unfoldings of one history differ');
  }
}

/** Threads that may change places do nothing that is named after one. Throws a PortError. */
export function demandShareable(found: Unfolded): void {
  if (found.allocations > 0) {
    throw new PortError('threads that may change places must not allocate: names would differ');
  }
  const steps = [...found.chain.map(({ step }) => step), found.next];
  if (steps.some((step) => step !== null && step.grace !== null)) {
    throw new PortError(
      'threads that may change places must not wait for readers: who waits would differ',
    );
  }
}
