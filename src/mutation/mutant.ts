// SPDX-License-Identifier: GPL-2.0-only
// What is a mutant, and what makes one? Values only. An operator is a rule that finds places, a
// regression is a real upstream bug put back, a control is a harmless rewrite; all three end as
// edits of the text of a port, under an id that names era, function and cause.

import type { EraName } from '#vocabulary';
import type { Scope } from './port.ts';

/** One replacement in one file. Offsets count UTF-16 units of the unmutated text. */
export interface Edit {
  /** Path relative to reference/, such as `v3.17/virt/kvm/kvm_main.ts`. */
  readonly file: string;
  readonly start: number;
  readonly end: number;
  /** What stands there before: an edit of another text is refused. */
  readonly original: string;
  readonly replacement: string;
}

/**
 * `syntactic`: made by Stryker's rules, which know the language and not the kernel; `pair`: two of
 * operators at once.
 */
export type MutantKind = 'operator' | 'syntactic' | 'regression' | 'control' | 'pair';

/** What operators break, in the order of reports; `general` ones know C and nothing of KVM. */
export const FAMILIES = [
  'order',
  'gen',
  'wrap',
  'bits',
  'containers',
  'flow',
  'srcu',
  'locks',
  'memory',
  'general',
] as const;
export type Family = (typeof FAMILIES)[number];

/** Those about the protocol between updates and readers: few mutants, most of them real bugs. */
export const PROTOCOL_FAMILIES: readonly Family[] = FAMILIES.filter(
  (name) => name !== 'bits' && name !== 'general',
);

/** Those that make pairs: about the protocol's order and numbers, which parts of it share. */
export const PAIR_FAMILIES: readonly Family[] = ['order', 'gen', 'wrap', 'srcu'];

export interface Mutant {
  /**
   * `<era>/<function>/<operator>.<place>`, `<era>/history/<name>` or `<era>/controls/<name>`. The
   * place is a number, or four hex digits for the operators of the general family. A pair has those
   * of both: `<era>/pairs/<function>/<operator>.<place>+<function>/<operator>.<place>`.
   */
  readonly id: string;
  readonly era: EraName;
  readonly kind: MutantKind;
  /** Name of the operator, regression or control. */
  readonly name: string;
  /** The operator's; null for what is none. */
  readonly family: Family | null;
  /** The function of the first edit. */
  readonly function: string;
  /** The file of the first edit. It may belong to an older era that this one takes it from. */
  readonly file: string;
  /** Sorted by file and start; they never overlap. */
  readonly edits: readonly Edit[];
  /** One line: what is different. */
  readonly description: string;
  /** Unified diff of all files, relative to reference/. */
  readonly diff: string;
  /** The operator's mutant that has the same text, which a regression may; else null. */
  readonly sameAs: string | null;
}

/** One replacement inside the scope that an operator was given. */
export interface Change {
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

/** One place where an operator applies: all of its changes together make one mutant. */
export interface Place {
  readonly changes: readonly Change[];
  readonly description: string;
  /** What the new text calls, by the module that exports it; imported unless it is already. */
  readonly imports?: Readonly<Record<string, string>>;
}

/** A rule that makes mutants. One file of mutants/operators/ exports one as `operator`. */
export interface Operator {
  /** Verb and noun that say the bug; equal to the name of its file. */
  readonly name: string;
  readonly family: Family;
  /** One sentence: what the mutants do differently. */
  readonly summary: string;
  /** The places of one function. Order does not matter. */
  readonly places: (scope: Scope) => readonly Place[];
}

/** A replacement found by its text, which must occur exactly once inside the named function. */
export interface AnchoredEdit {
  readonly function: string;
  readonly anchor: string;
  readonly replacement: string;
}

/** A harmless rewrite: it must not be killed. A file of mutants/controls/ exports a `control`. */
export interface Control {
  readonly name: string;
  readonly eras: readonly EraName[];
  /** One sentence: why no schedule can tell the difference. */
  readonly harmless: string;
  readonly edits: readonly AnchoredEdit[];
  /** The edits of eras whose text is another one. */
  readonly editsOf?: Readonly<Partial<Record<EraName, readonly AnchoredEdit[]>>>;
}

/** A real upstream bug put back. One file of mutants/history/ exports one as `regression`. */
export interface Regression {
  /** Its name in the history of this area; equal to the name of its file. */
  readonly name: string;
  /** The upstream commit that fixed it, 12 hex digits; null where no id is confirmed. */
  readonly commit: string | null;
  readonly subject: string;
  /** The release with the fix, as far as it is known. */
  readonly release: string;
  /** What brought it in: a commit or a release, in words; null where that is not known. */
  readonly cause: string | null;
  /** One or two sentences: what went wrong for a guest. */
  readonly broke: string;
  /** The eras that have the fix: each is run with the edit that takes it away. */
  readonly eras: readonly EraName[];
  /** The eras that have the bug: each shows it unedited, as a known break of `breaks`. */
  readonly unfixed: readonly EraName[];
  readonly edits: readonly AnchoredEdit[];
  /** The edits of eras whose text is another one. */
  readonly editsOf?: Readonly<Partial<Record<EraName, readonly AnchoredEdit[]>>>;
  /** Every one of these invariants must break. */
  readonly breaks: readonly string[];
  /**
   * The scenarios that were written to show it, by their claims (`<area>/<claim>`), in doubt one
   * more; empty: none was. The kills of all others say what the suites would have found unasked.
   */
  readonly ownScenarios: readonly string[];
  /** Does a single thread show it, or does it need an interleaving? */
  readonly shownBy: 'sequence' | 'interleaving';
}

/** An operator, regression or control that does not do what it says: loud, never a verdict. */
export class MutationError extends Error {
  override readonly name = 'MutationError';
}
