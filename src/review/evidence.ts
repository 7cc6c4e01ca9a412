// SPDX-License-Identifier: GPL-2.0-only
// What is known of a function from runs? How many of its mutants died, of which invariants, and in
// which scenario: a summary of a run that is kept beside the code, since a review must take no
// longer than reading it.

/** Of one invariant: mutants of the function that broke it, and the scenario that most did in. */
export interface Kills {
  readonly mutants: number;
  readonly scenario: string;
}

export interface FunctionEvidence {
  /** Mutants that differ from the function. */
  readonly mutants: number;
  /** Mutants that are its equals within the bounds of the run, and are not counted. */
  readonly equivalent: number;
  readonly detected: number;
  /** Ids, without their era. */
  readonly survivors: readonly string[];
  readonly invariants: Readonly<Record<string, Kills>>;
}

export interface EvidenceDocument {
  readonly schema: { readonly name: 'kvm-mutants/evidence'; readonly version: 1 };
  /** Hash of the sources of the run, as `run` writes it. */
  readonly sources: string;
  /** By era and function. */
  readonly eras: Readonly<Record<string, Readonly<Record<string, FunctionEvidence>>>>;
}

/** What is read of the verdicts of a run. */
export interface Verdicts {
  readonly sources: string;
  readonly verdicts: readonly {
    readonly id: string;
    readonly era: string;
    readonly kind: string;
    readonly verdict: string;
    readonly kills: readonly { readonly invariant: string; readonly scenario: string }[];
  }[];
}

const DETECTED: readonly string[] = ['killed', 'deadlock', 'lost-optimisation'];

/** The summary of a run: operators' mutants by function. Sorted, so that equal runs are equal. */
export function evidenceOf({ sources, verdicts }: Verdicts): EvidenceDocument {
  const eras: Record<string, Record<string, FunctionEvidence>> = {};
  const groups = new Map<string, Verdicts['verdicts'][number][]>();
  for (const entry of verdicts) {
    if (entry.kind !== 'operator') continue;
    const key = entry.id.split('/').slice(0, 2).join('/');
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  for (const [key, entries] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [era = '', name = ''] = key.split('/');
    eras[era] ??= {};
    const differing = entries.filter(({ verdict }) => verdict !== 'equivalent');
    const equivalent = entries.length - differing.length;
    eras[era][name] = { ...summary(differing), equivalent };
  }
  return { schema: { name: 'kvm-mutants/evidence', version: 1 }, sources, eras };
}

function summary(entries: Verdicts['verdicts']): Omit<FunctionEvidence, 'equivalent'> {
  const isDetected = ({ verdict }: { verdict: string }) => DETECTED.includes(verdict);
  const scenarios = new Map<string, Map<string, number>>();
  for (const { kills } of entries) {
    const seen = new Set<string>();
    for (const { invariant, scenario } of kills) {
      if (seen.has(invariant)) continue;
      seen.add(invariant);
      const of = scenarios.get(invariant) ?? new Map<string, number>();
      of.set(scenario, (of.get(scenario) ?? 0) + 1);
      scenarios.set(invariant, of);
    }
  }
  const invariants = [...scenarios].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    mutants: entries.length,
    detected: entries.filter(isDetected).length,
    survivors: entries
      .filter((entry) => !isDetected(entry))
      .map(({ id }) => id.split('/').slice(1).join('/'))
      .sort(),
    invariants: Object.fromEntries(
      invariants.map(([name, of]) => {
        const most = [...of].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
        const mutants = [...of.values()].reduce((sum, count) => sum + count, 0);
        return [name, { mutants, scenario: most[0]![0] }];
      }),
    ),
  };
}
