// SPDX-License-Identifier: GPL-2.0-only
// How few columns notice every row? The exact answer, by branch and bound over the rows that
// dominate. The matrix of a suite is small enough for that; where it is not, the best answer found
// is given and said not to be proved least.

import { dominators, type Row } from './kills.ts';

export interface Cover {
  /** Sorted. Each row has one of them at least. */
  readonly ways: readonly string[];
  /** No smaller cover exists. */
  readonly isLeast: boolean;
}

/** Choices that are tried at most: a bound in steps, not in time. */
const CHOICES_MAX = 200_000;

/** A least set of ways such that every row has one. Of several, the one found first in order. */
export function leastCover(rows: readonly Row[]): Cover {
  const hard = dominators(rows).map(({ ways }) => [...ways].sort());
  const search = new CoverSearch(greedy(hard));
  search.try(hard, []);
  return { ways: [...search.best].sort(), isLeast: search.left > 0 };
}

/** The way that most rows have, again and again. */
function greedy(rows: readonly (readonly string[])[]): string[] {
  const chosen: string[] = [];
  let open = rows;
  while (open.length > 0) {
    const count = new Map<string, number>();
    for (const way of open.flat()) count.set(way, (count.get(way) ?? 0) + 1);
    const [most] = [...count].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))[0]!;
    chosen.push(most);
    open = open.filter((ways) => !ways.includes(most));
  }
  return chosen;
}

class CoverSearch {
  best: readonly string[];
  left = CHOICES_MAX;

  constructor(best: readonly string[]) {
    this.best = best;
  }

  /** Covers the open rows in every way that may be better than the best so far. */
  try(open: readonly (readonly string[])[], chosen: readonly string[]): void {
    if (open.length === 0) {
      if (chosen.length < this.best.length) this.best = chosen;
      return;
    }
    if (chosen.length + atLeast(open) >= this.best.length || this.left <= 0) return;
    // Some way of the shortest row has to be taken.
    const row = open.reduce((a, b) => (b.length < a.length ? b : a));
    for (const way of row) {
      this.left--;
      this.try(
        open.filter((ways) => !ways.includes(way)),
        [...chosen, way],
      );
    }
  }
}

/** Rows that have no way in common need one each. */
function atLeast(open: readonly (readonly string[])[]): number {
  const used = new Set<string>();
  let count = 0;
  for (const ways of [...open].sort((a, b) => a.length - b.length)) {
    if (ways.some((way) => used.has(way))) continue;
    for (const way of ways) used.add(way);
    count++;
  }
  return count;
}
