// SPDX-License-Identifier: GPL-2.0-only
// Does a run keep the contract? Never a percentage: every regression by name, every survivor with
// its reason, and nothing that quietly went missing.

import {
  type Baseline,
  type Contract,
  NO_REASON,
  type Outcome,
  type OutcomeVerdict,
} from './documents.ts';

/**
 * `failed`: the contract is broken. `unknown`: nobody can say. `note`: worth knowing, no more.
 */
export type Weight = 'failed' | 'unknown' | 'note';

export interface Finding {
  readonly weight: Weight;
  readonly text: string;
}

/** Verdicts that say a mutant cannot hide in the code. */
const FINE = ['killed', 'deadlock', 'lost-optimisation', 'equivalent'];

/** What a run of the tree as it stands now would be. */
export interface Expected {
  readonly sources: string;
  /** Has the run mutants of all families, or those of a run without options? */
  readonly isOfAllFamilies: boolean;
}

/** All that is to be said of a run, in a fixed order. */
export function findingsOf(
  contract: Contract,
  baseline: Baseline,
  outcome: Outcome,
  { sources, isOfAllFamilies }: Expected,
): Finding[] {
  const leftOut = isOfAllFamilies ? [] : contract.more;
  return [
    ...soundness(outcome, sources),
    ...regressions(contract, outcome),
    ...vanished(contract, outcome, leftOut),
    ...survivors(baseline, outcome, leftOut),
    ...reasons(baseline),
    ...newcomers(contract, outcome),
    ...unjudged(outcome, leftOut),
  ];
}

const failed = (text: string): Finding => ({ weight: 'failed', text });
const unknown = (text: string): Finding => ({ weight: 'unknown', text });
const note = (text: string): Finding => ({ weight: 'note', text });

/** A run that did nothing, or is of other code, has nothing to say. */
function soundness(outcome: Outcome, sources: string): Finding[] {
  const { problems, isInterrupted, verdicts, units } = outcome;
  return [
    ...problems.map((text) => failed(`the run is void: ${text}`)),
    ...(isInterrupted ? [unknown('the run was interrupted')] : []),
    ...(outcome.sources === sources
      ? []
      : [unknown('the run has other sources or options than a whole run has now: run it again')]),
    ...(verdicts.length === 0 ? [failed('no mutant was run')] : []),
    ...(units === 0 ? [failed('no exploration was run')] : []),
  ];
}

function regressions({ regressions: promised }: Contract, { verdicts }: Outcome): Finding[] {
  const ids = new Set(promised.map(({ id }) => id));
  const isNew = ({ kind, id }: OutcomeVerdict) => kind === 'regression' && !ids.has(id);
  return [
    ...promised.flatMap(({ id, breaks }): Finding[] => {
      const found = verdicts.find((verdict) => verdict.id === id);
      if (found === undefined) return [failed(`the regression ${id} is not placed any more`)];
      if (found.verdict === 'unknown') {
        return [failed(`the regression ${id} is ${found.reason || 'unknown'}`)];
      }
      if (found.broken.length === 0) {
        return [failed(`the regression ${id} is not killed by any invariant`)];
      }
      const missing = breaks.filter((invariant) => !found.broken.includes(invariant));
      if (missing.length === 0) return [];
      return [failed(`the regression ${id} does not break ${missing.join(' or ')}`)];
    }),
    ...verdicts
      .filter(isNew)
      .map(({ id }) => failed(`the regression ${id} is not in the contract`)),
  ];
}

function vanished(
  { mutants, more }: Contract,
  { verdicts }: Outcome,
  leftOut: readonly string[],
): Finding[] {
  const there = new Set([...verdicts.map(({ id }) => id), ...leftOut]);
  return [...mutants, ...more]
    .filter((id) => !there.has(id))
    .map((id) => failed(`the mutant ${id} has vanished`));
}

/** A regression answers to the contract, a control to the run itself. */
function survivors(
  { survivors: known }: Baseline,
  { verdicts }: Outcome,
  leftOut: readonly string[],
): Finding[] {
  const entries = new Map(known.map((entry) => [entry.id, entry]));
  const open = verdicts.filter(({ kind, verdict }) => kind === 'operator' && !isFine(verdict));
  const openIds = new Set([...open.map(({ id }) => id), ...leftOut]);
  return [
    ...open.flatMap(({ id, verdict, reason }): Finding[] => {
      const entry = entries.get(id);
      if (verdict === entry?.verdict) return [];
      if (verdict === 'unknown') return [unknown(`${id} is ${reason || 'unknown'}`)];
      if (entry !== undefined && verdict === 'survived') {
        return [failed(`${id} survived; the baseline has it as ${entry.verdict}`)];
      }
      return [failed(`${id} ${verdict}, and is not in the baseline`)];
    }),
    ...known
      .filter(({ id }) => !openIds.has(id))
      .map(({ id }) => failed(`${id} is in the baseline, but does not survive: take it out`)),
  ];
}

function isFine(verdict: string): boolean {
  return FINE.includes(verdict);
}

function reasons({ survivors: known }: Baseline): Finding[] {
  return known
    .filter(({ reason }) => !isReason(reason))
    .map(({ id }) => failed(`the baseline gives no reason why ${id} may live`));
}

/** A reason has words of a person. */
export function isReason(text: string): boolean {
  return text !== NO_REASON && /\p{L}.*\p{L}/su.test(text);
}

function newcomers({ mutants, more }: Contract, { verdicts }: Outcome): Finding[] {
  const known = new Set([...mutants, ...more]);
  const fresh = verdicts.filter(
    ({ id, kind }) => (kind === 'operator' || kind === 'control') && !known.has(id),
  );
  const what = fresh.length === 1 ? `the mutant ${fresh[0]!.id} is` : `${fresh.length} mutants are`;
  if (fresh.length === 0) return [];
  return [note(`${what} not in the contract: gate --update puts them there`)];
}

/** What the gate says nothing about. */
function unjudged({ verdicts }: Outcome, leftOut: readonly string[]): Finding[] {
  const syntactic = verdicts.filter(({ kind }) => kind === 'syntactic').length;
  return [
    ...(leftOut.length === 0
      ? []
      : [
          note(
            `the ${leftOut.length} mutants of other families are not judged: kvm-mutants run ` +
              '--family all runs them',
          ),
        ]),
    ...(syntactic === 0
      ? []
      : [note(`the ${syntactic} mutants by Stryker's rules are not judged: nobody chose them`)]),
  ];
}
