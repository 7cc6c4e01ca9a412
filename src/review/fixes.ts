// SPDX-License-Identifier: GPL-2.0-only
// Of which fixes are the pieces known? Whatever lies in fixes/; of all others only what they are
// for can be asked.

import { modulesOf } from '#lab/modules';
import type { Regression } from '#mutation/mutant';
import type { Fix } from './fix.ts';

/** All fixes with pieces, sorted by name. */
export function loadFixes(): Promise<Fix[]> {
  return modulesOf<Fix>(new URL('./fixes/', import.meta.url), 'fix');
}

/** A fix of which only the invariants are known. */
export function fixOf({ name, breaks }: Regression, scenarios: readonly string[]): Fix {
  return {
    name,
    ground: null,
    pieces: [],
    invariants: breaks,
    counts: () => true,
    scenarios,
    own: null,
    related: null,
  };
}
