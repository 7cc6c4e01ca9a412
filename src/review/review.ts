// SPDX-License-Identifier: GPL-2.0-only
// From patches to a checklist, without a tree: which functions change, what the rules find in them,
// which invariants are at risk, and what nobody looked at. Nothing is run, so nothing is judged.

import type { EraName } from '#vocabulary';
import type { Patch } from '../patch/values.ts';
import { riskRows } from './at-risk.ts';
import { eraOf, portedAs } from './eras.ts';
import type { Context, Knowledge } from './rule.ts';
import { isInArea, isKvmCode, MMU_DOCUMENT, namesOfPorts, pathsOf } from './scope.ts';
import { isMended } from './shape.ts';
import { type Side, sidesOf } from './sides.ts';
import type { Mended, PatchReview, Review, Row, Touched } from './values.ts';

/** What a checklist without a run leaves open, always. */
const NOT_CHECKED: readonly string[] = [
  'nothing was run: a checklist of a patch alone judges nothing',
  'whether the patch applies, compiles, or does what its changelog says',
  'code that the ports leave out',
  'hardware reordering',
  'TLB flushing',
  'nested guests',
  'SEV and TDX',
];

/** Reviews patches in order. `era` is that of the tree, if the user says it. */
export function reviewOf(
  patches: readonly Patch[],
  knowledge: Knowledge,
  era: EraName | null,
): Review {
  return {
    patches: patches.map((patch) => reviewPatch(patch, patches, knowledge, era)),
    notChecked: NOT_CHECKED,
  };
}

function reviewPatch(
  patch: Patch,
  series: readonly Patch[],
  knowledge: Knowledge,
  era: EraName | null,
): PatchReview {
  const nothing = { patch, touched: [], mends: [], isRun: false, rows: [] };
  if (patch.problems.length > 0) return { ...nothing, state: 'unread' };
  if (patch.files.length === 0) return { ...nothing, state: 'cover' };
  const ported = namesOfPorts(knowledge.ported);
  const sides = sidesOf(patch).filter(({ path }) => isKvmCode(path));
  const area = sides.filter((side) => isInArea(side, ported));
  const nearest = era ?? eraOf(area.length > 0 ? area : sides, knowledge.ported, knowledge.eras);
  const context: Context = { patch, series, sides, era: nearest, knowledge };
  const found = knowledge.rules.flatMap((rule) => rule.rows(context));
  const isDocument = pathsOf(patch).some((path) => MMU_DOCUMENT.test(path));
  const isInScope = area.length > 0 || isDocument || found.some(({ word }) => word === 'ask');
  if (!isInScope) return { ...nothing, state: 'out of scope' };
  const touched = area.map((side) => touchedOf(side, nearest, knowledge));
  const rows = [...found, ...riskRows({ ...context, sides: area })];
  const mends = mendedBy(sides, knowledge);
  return { patch, state: 'reviewed', touched, mends, isRun: false, rows: inOrder(rows) };
}

/** Real bugs that the patch takes back as a whole. */
function mendedBy(sides: readonly Side[], { shapes, regressions }: Knowledge): Mended[] {
  const names = shapes.filter((shape) => isMended(shape, sides)).map(({ name }) => name);
  return regressions.filter(({ name }) => names.includes(name));
}

const ORDER: readonly Row['word'][] = ['ask', 'risk', 'note', 'human', 'ok'];

function inOrder(rows: readonly Row[]): Row[] {
  return ORDER.flatMap((word) => rows.filter((row) => row.word === word));
}

function touchedOf(side: Side, era: EraName, { ported }: Knowledge): Touched {
  const { path, owner, nature } = side;
  return {
    path,
    kind: owner?.kind ?? 'file',
    name: owner?.name ?? path,
    isGuessed: owner?.isGuessed ?? false,
    nature,
    era: portedAs(side, era, ported)?.era ?? null,
  };
}
