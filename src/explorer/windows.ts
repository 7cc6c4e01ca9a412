// SPDX-License-Identifier: GPL-2.0-only
// When can a thread be at a node? In windows of the line's time.

/**
 * When a thread can be at a node: the line was at `lo` or later when it came, and not past `opened`
 * when the section that is still open began. Outside sections `opened` is the end of the line.
 */
export interface Window {
  readonly lo: number;
  readonly opened: number;
}

/** More windows than this are joined into one. */
const WINDOWS_MAX = 6;

/** The union of two lists of windows; the first list itself if the second adds nothing. */
export function joined(a: readonly Window[], b: readonly Window[]): readonly Window[] {
  let all = a;
  for (const window of b) {
    const covers = (x: Window, y: Window) => x.lo <= y.lo && x.opened >= y.opened;
    if (all.some((other) => covers(other, window))) continue;
    all = [...all.filter((other) => !covers(window, other)), window];
  }
  if (all.length <= WINDOWS_MAX) return all;
  return [
    {
      lo: Math.min(...all.map(({ lo }) => lo)),
      opened: Math.max(...all.map(({ opened }) => opened)),
    },
  ];
}
