// SPDX-License-Identifier: GPL-2.0-only
// include/linux/bug.h. A warning is an event that invariants judge and tables show; it never stops
// the thread, since a thread that stops hides what it would have done next.

import { Crash, emit, isReplaying, site } from '#explorer/run';

function where(): string {
  return site().split(' ')[0] ?? '';
}

export function WARN_ON(condition: boolean): boolean {
  if (condition && !isReplaying()) emit('WARN', where());
  return condition;
}

export const WARN_ON_ONCE = WARN_ON;

/** BUG() kills the thread that runs into it. */
export function BUG_ON(condition: boolean): void {
  if (!condition) return;
  emit('BUG', isReplaying() ? '' : where());
  throw new Crash('BUG');
}
