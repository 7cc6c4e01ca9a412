// SPDX-License-Identifier: GPL-2.0-only
// What do the events of a run mean? Each breaks one invariant; and some breaks are known, because
// the era itself has them.

import type { RunEvent } from '#explorer/run';
import type { RulesName } from '#vocabulary';
import type { Invariant } from './invariant.ts';
import { claimOf } from './scenario.ts';

/** An invariant that a run broke, and how. */
export interface Break {
  readonly invariant: string;
  readonly detail: string;
  /** The unmutated era breaks it in the same way. */
  readonly isKnown: boolean;
}

/**
 * The breaks of a run of a scenario, sorted and each once. Throws on an event that no invariant is
 * about.
 */
export function breaksOf(
  invariants: readonly Invariant[],
  era: RulesName,
  events: readonly RunEvent[],
  scenario: string,
): readonly Break[] {
  const claim = claimOf(scenario);
  const found = new Map<string, Break>();
  for (const event of events) {
    const invariant = invariantOf(invariants, event);
    const { detail } = event;
    const isKnown = invariant.knownBreaks.some(
      ({ claims = [claim], ...known }) =>
        known.era === era && known.details.includes(detail) && claims.includes(claim),
    );
    const text = `${invariant.name}\t${detail}`;
    found.set(text, { invariant: invariant.name, detail, isKnown });
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
}

function invariantOf(invariants: readonly Invariant[], { kind, detail }: RunEvent): Invariant {
  const isSpecial = (pattern: string) => {
    const colon = pattern.indexOf(': ');
    return (
      colon > 0 && pattern.slice(0, colon) === kind && detail.includes(pattern.slice(colon + 2))
    );
  };
  const found =
    invariants.find(({ events }) => events.some(isSpecial)) ??
    invariants.find(({ name, events }) => name === kind || events.includes(kind));
  if (found === undefined) throw new Error(`no invariant is about ${kind} (${detail})`);
  return found;
}
