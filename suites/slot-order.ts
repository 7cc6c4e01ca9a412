// SPDX-License-Identifier: GPL-2.0-only
// Does each id lead to its entry, and do entries lie as the searches of their era expect?

import { emit } from '#explorer/run';
import type { RulesName, SlotState } from '#vocabulary';
import { rulesOf } from './era-rules.ts';

/** Reports entries that are out of order or that their id does not lead to. */
export function judgeOrder(entries: readonly SlotState[], era: RulesName, report = emit): void {
  if (new Set(entries.map(({ id }) => id)).size !== entries.length)
    report('id-map-exact', 'an id occurs twice');
  if (entries.some(({ index }, i) => index !== i))
    report('id-map-exact', 'id_to_index points elsewhere');
  const { slotOrder } = rulesOf(era);
  entries.forEach((entry, i) => {
    const next = entries[i + 1] ?? null;
    if (slotOrder === 'npages') judgeSizes(entry, next, report);
    if (slotOrder === 'base_gfn') judgeGfns(entry, next, report);
  });
}

function judgeSizes(entry: SlotState, next: SlotState | null, report: typeof emit): void {
  if (next !== null && entry.npages < next.npages)
    report('sorted-by-size', 'a larger slot comes after a smaller one');
}

function judgeGfns(entry: SlotState, next: SlotState | null, report: typeof emit): void {
  const rule = 'sorted-used-prefix';
  const isLast = next === null || next.npages === 0n;
  if (entry.npages === 0n) {
    if (entry.base_gfn !== 0n) report(rule, 'an unused entry has a gfn');
    if (!isLast) report(rule, 'a used entry comes after an unused one');
  } else if (!isLast) {
    if (entry.base_gfn <= next.base_gfn) report(rule, 'a higher slot comes after a lower one');
    else if (entry.base_gfn < next.base_gfn + next.npages) report(rule, 'two slots overlap');
  }
}
