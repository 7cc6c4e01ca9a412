// SPDX-License-Identifier: GPL-2.0-only
// How far is a tree from the kernel that the port of its era was written from? In a few lines, and
// by name where something differs that runs.

import type { Drift } from '#lab/tree/drift';
import { countText } from './texts.ts';

/** More names than these are for `--json`. */
const NAMES_MAX = 12;

/** A sentence for the list of what is the tree's own. */
export function driftText({ era, kernel, compared, drifted }: Drift): string {
  if (kernel === null) return `${era}; it is not recorded what its port was written from`;
  const from = `${era}, written from ${kernel}`;
  const count = `${compared} functions and macros`;
  if (drifted.length === 0) return `${from}: all ${count} that it has are the same here`;
  const running = [...new Set(drifted.filter(({ isRun }) => isRun).map(({ name }) => name))].sort();
  const shown = running.slice(0, NAMES_MAX).join(', ');
  const more = running.length > NAMES_MAX ? ', ...' : '';
  return [
    `${from}: of ${count} that it has ${compared - drifted.length} are the same here`,
    ...(running.length === 0
      ? ['no function that runs here differs']
      : [`${countText(running.length, 'function')} that run here differ: ${shown}${more}`]),
    'what the port is known for is told of this tree only where the port does it in the same run',
  ].join('; ');
}
