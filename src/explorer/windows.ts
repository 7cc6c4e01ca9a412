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

/**
 * Lists of windows on a line. A list of one window is always the same list: almost all lists have
 * one, and equal ones are then told by identity.
 */
export class Windows {
  readonly #length: number;
  readonly #single: (readonly Window[] | undefined)[] = [];

  /** `length`: the last position of the line. */
  constructor(length: number) {
    this.#length = length;
  }

  single(lo: number, opened: number): readonly Window[] {
    const key = lo * (this.#length + 1) + opened;
    let list = this.#single[key];
    if (list === undefined) {
      list = [{ lo, opened }];
      this.#single[key] = list;
    }
    return list;
  }

  /** The union of two lists; the first list itself if the second adds nothing. */
  joined(a: readonly Window[], b: readonly Window[]): readonly Window[] {
    if (a === b) return a;
    let all = a;
    for (const window of b) {
      const covers = (x: Window, y: Window) => x.lo <= y.lo && x.opened >= y.opened;
      if (all.some((other) => covers(other, window))) continue;
      all = [...all.filter((other) => !covers(window, other)), window];
    }
    if (all === a) return a;
    if (all.length > WINDOWS_MAX) {
      return this.single(
        Math.min(...all.map(({ lo }) => lo)),
        Math.max(...all.map(({ opened }) => opened)),
      );
    }
    return all.length === 1 ? this.single(all[0]!.lo, all[0]!.opened) : all;
  }

  /** The same windows after the section that was open, if any, is closed. */
  closed(windows: readonly Window[]): readonly Window[] {
    const opened = this.#length;
    if (windows.length === 1) return this.single(windows[0]!.lo, opened);
    return this.joined(
      [],
      windows.map(({ lo }) => ({ lo, opened })),
    );
  }
}
