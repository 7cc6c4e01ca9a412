// SPDX-License-Identifier: GPL-2.0-only
// How are events kept? As numbers of interned lists, so that an edge of an automaton carries one
// integer; 0 is the empty list, which almost every edge has.

import type { RunEvent } from './run.ts';

export class EventTable {
  readonly #lists: (readonly RunEvent[])[] = [[]];
  readonly #ids = new Map<string, number>([['', 0]]);

  intern(list: readonly RunEvent[]): number {
    const key = list.map((event) => `${event.kind}\t${event.detail}`).join('\n');
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.#lists.length;
      this.#lists.push([...list]);
      this.#ids.set(key, id);
    }
    return id;
  }

  append(id: number, more: readonly RunEvent[]): number {
    return more.length === 0 ? id : this.intern([...this.list(id), ...more]);
  }

  list(id: number): readonly RunEvent[] {
    return this.#lists[id] ?? [];
  }
}
