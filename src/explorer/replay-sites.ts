// SPDX-License-Identifier: GPL-2.0-only
// Which line of the port stands behind each step of a thread, and who called it? The code is run
// once more on all that it observed, and each observation is handed out on the stack of its access.

import { unfold } from './run.ts';
import { whereabouts } from './running.ts';
import type { Value, World } from './world.ts';

/** One function of a port on the stack. */
export interface Frame {
  readonly function: string;
  /** `path:line`, such as `v3.17/virt/kvm/kvm_main.ts:150`. */
  readonly place: string;
}

/** Deeper than any call of a port. */
const FRAMES_MAX = 60;

/** For each observation the functions of the port that were active, the innermost first. */
export function framesOf(
  world: World,
  thread: number,
  round: number,
  history: readonly Value[],
  code: () => readonly Value[],
): Frame[][] {
  const found: Frame[][] = [];
  const handed = new Proxy(history, {
    get: (target, key) => {
      if (typeof key === 'string' && /^\d+$/.test(key)) found[Number(key)] = frames();
      return Reflect.get(target, key) as unknown;
    },
  });
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES_MAX;
  try {
    unfold(world, thread, round, handed, code);
  } finally {
    Error.stackTraceLimit = limit;
  }
  return found;
}

const FRAME = /at (?:Object\.)?([\w$]+) \(.*\/reference\/(v[\d.]+\/[^?:]+)(?:\?[^:]*)?:(\d+):/;

function frames(): Frame[] {
  // Translated C has no stack that could be read: it tells the innermost function.
  const [, told, place] = /^(\S+) (\S+)$/.exec(whereabouts() ?? '') ?? [];
  if (told !== undefined && place !== undefined) return [{ function: told, place }];
  return (new Error().stack ?? '').split('\n').flatMap((line) => {
    const match = FRAME.exec(line);
    return match === null ? [] : [{ function: match[1]!, place: `${match[2]}:${match[3]}` }];
  });
}
