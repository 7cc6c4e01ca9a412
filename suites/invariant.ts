// SPDX-License-Identifier: GPL-2.0-only
// What is an invariant? A named rule, with the events that break it and what is known of each era.
// One file of suites/invariants/ holds one rule.

import type { RulesName } from '#vocabulary';

/** That an era itself breaks a rule, and how: a fact about the kernel, not about a mutant. */
export interface KnownBreak {
  readonly era: RulesName;
  /** The details of the events that are expected; others would be news. */
  readonly details: readonly string[];
  /** Why, with the commit that mended it where one is known. */
  readonly because: string;
  /**
   * The scenarios that may show it, without their sizes; all if it is not there. For breaks whose
   * details would be news anywhere else.
   */
  readonly claims?: readonly string[];
}

export interface Invariant {
  /** As in every report, for ever: `stale-after-update`. */
  readonly name: string;
  /** `I1`, the number that docs and papers may use. */
  readonly number: string;
  readonly statement: string;
  /** Why it matters, in two or three sentences for `explain`. */
  readonly rationale: string;
  /**
   * Kinds of events that break it, besides one of its own name. `kind: text` means only events of
   * the kind whose detail contains the text; such an entry goes before one of the bare kind.
   */
  readonly events: readonly string[];
  readonly knownBreaks: readonly KnownBreak[];
  /** The eras that have something that the rule is about; all if it is not there. */
  readonly eras?: readonly RulesName[];
}
