// SPDX-License-Identifier: GPL-2.0-only
// What does a rule of the review see, and what does it give back? One file of rules/ is one rule.

import { modulesOf } from '#lab/modules';
import type { Invariant } from '#lab/suites';
import type { Regression } from '#mutation/mutant';
import type { EraName } from '#vocabulary';
import type { Patch } from '../patch/values.ts';
import type { EvidenceDocument } from './evidence.ts';
import type { Ported } from './ported.ts';
import type { Shape } from './shape.ts';
import type { Side } from './sides.ts';
import type { Place, Row } from './values.ts';

/** All that is known before a patch is read. */
export interface Knowledge {
  /** From old to new. */
  readonly eras: readonly EraName[];
  readonly invariants: readonly Invariant[];
  readonly regressions: readonly Regression[];
  readonly ported: readonly Ported[];
  readonly shapes: readonly Shape[];
  readonly rules: readonly Rule[];
  /** Null if no run was summed up. */
  readonly evidence: EvidenceDocument | null;
}

export interface Context {
  readonly patch: Patch;
  /** All patches that were given, this one included, in order. */
  readonly series: readonly Patch[];
  /** What changed in each function of KVM. */
  readonly sides: readonly Side[];
  /** The era whose port is nearest to the patch. */
  readonly era: EraName;
  readonly knowledge: Knowledge;
}

/** One file of rules/ exports one as `rule`. */
export interface Rule {
  readonly name: string;
  /** One sentence: what is looked for. */
  readonly summary: string;
  readonly rows: (context: Context) => readonly Row[];
}

/** All rules, sorted by name. */
export function loadRules(): Promise<Rule[]> {
  return modulesOf<Rule>(new URL('./rules/', import.meta.url), 'rule');
}

/** A row that asks something of a place. */
export function ask(
  name: string,
  text: string,
  question: string,
  place: Place | null,
  evidence: Row['evidence'] = [],
): Row {
  return { word: 'ask', name, text, question, place, evidence, story: null };
}

/** A row without a question. */
export function say(word: Row['word'], name: string, text: string): Row {
  return { word, name, text, question: null, place: null, evidence: [], story: null };
}
