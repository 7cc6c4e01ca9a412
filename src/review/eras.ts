// SPDX-License-Identifier: GPL-2.0-only
// Which era is a patch for? Without a tree only its names tell: the era of which most functions
// that it changes lie under the same path, and of several the newest.

import type { EraName } from '#vocabulary';
import { namesOf } from './moved-names.ts';
import type { Ported } from './ported.ts';
import type { Side } from './sides.ts';

/** Words that only some eras have: from one on, or up to one. */
const TELLING: readonly { word: RegExp; from?: EraName; upTo?: EraName }[] = [
  { word: /kvm_swap_active_memslots|slots_arch_lock|kvm_invalidate_memslot/, from: 'v6.12' },
  { word: /KVM_MEMSLOT_GEN_UPDATE_IN_PROGRESS|as_id\b/, from: 'v5.11' },
  { word: /->generation\+\+|->generation=old\w*->generation\+/, upTo: 'v3.19' },
  { word: /MMIO_(SPTE_)?(MAX_GEN|GEN_LOW_SHIFT|GEN_SHIFT)/, upTo: 'v3.19' },
];

/** The nearest era; the newest if nothing tells. `eras` are sorted from old to new. */
export function eraOf(
  sides: readonly Side[],
  ported: readonly Ported[],
  eras: readonly EraName[],
): EraName {
  const scores = eras.map((era) => ({ era, score: scoreOf(era, sides, ported, eras) }));
  return scores.reduce((best, next) => (next.score >= best.score ? next : best)).era;
}

function scoreOf(
  era: EraName,
  sides: readonly Side[],
  ported: readonly Ported[],
  eras: readonly EraName[],
): number {
  const own = ported.filter((one) => one.era === era);
  const known = sides.filter(({ owner, path }) =>
    own.some((one) => one.name === owner?.name && one.path === path),
  ).length;
  const paths = sides.filter(({ path }) => own.some((one) => one.path === path)).length;
  const code = sides.map(({ before, after }) => before + after).join(' ');
  const at = eras.indexOf(era);
  const told = TELLING.filter(
    ({ word, from, upTo }) =>
      word.test(code) &&
      (from === undefined || at >= eras.indexOf(from)) &&
      (upTo === undefined || at <= eras.indexOf(upTo)),
  ).length;
  return 100 * known + 10 * told + Math.min(paths, 9);
}

/** The function of the era's port that a side changes, under any of its names; null if none. */
export function portedAs(
  { owner, path }: Side,
  era: EraName,
  ported: readonly Ported[],
): Ported | null {
  if (owner === null) return null;
  const names = namesOf(owner.name);
  const own = ported.filter((one) => one.era === era && names.includes(one.name));
  const base = path.split('/').at(-1);
  return (
    own.find((one) => one.path === path) ??
    own.find((one) => one.path.split('/').at(-1) === base) ??
    own[0] ??
    null
  );
}
