// SPDX-License-Identifier: GPL-2.0-only
// Of which fixes are the pieces known? Whatever lies in fixes/; of all others only what they are
// for can be asked.

import { modulesOf } from '#lab/modules';
import { INVARIANTS } from '#lab/suites';
import type { Regression } from '#mutation/mutant';
import type { Fix } from './fix.ts';

/** All fixes with pieces, sorted by name. */
export function loadFixes(): Promise<Fix[]> {
  return modulesOf<Fix>(new URL('./fixes/', import.meta.url), 'fix');
}

/**
 * A fix of which only the invariants are known. `details`: how the bug breaks them; empty if that
 * is not known. A way that kernels are known for, and that is none of them, is another bug, if only
 * rules say it: what events say names functions of one kernel.
 */
export function fixOf(
  { name, breaks }: Regression,
  scenarios: readonly string[],
  details: ReadonlySet<string>,
): Fix {
  const others = new Set(
    INVARIANTS.filter(({ name: own, events }) => breaks.includes(own) && events.length === 0)
      .flatMap(({ knownBreaks }) => knownBreaks.flatMap((known) => known.details))
      .filter((detail) => details.size > 0 && !details.has(detail)),
  );
  return {
    name,
    ground: null,
    pieces: [],
    invariants: breaks,
    counts: (detail) => !others.has(detail),
    scenarios,
    own: null,
    related: 'the tree breaks the same invariant in ways that are known of other bugs',
  };
}
