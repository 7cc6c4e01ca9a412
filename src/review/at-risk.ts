// SPDX-License-Identifier: GPL-2.0-only
// Which invariants are the lines of a function about? Those that mutants of the function broke in
// a run; where none was run, those that a reviewer of the area asks for.

import type { AnchoredEdit, Regression } from '#mutation/mutant';
import type { EraName } from '#vocabulary';
import { countText } from '../report/texts.ts';
import { portedAs } from './eras.ts';
import type { EvidenceDocument, FunctionEvidence } from './evidence.ts';
import { namesOf } from './moved-names.ts';
import type { Context } from './rule.ts';
import type { Side } from './sides.ts';
import type { Evidence, Row } from './values.ts';

/** What a reviewer asks of code that no run has mutants of: by the name of the function. */
const ASKED: readonly (readonly [names: RegExp, invariants: readonly string[]])[] = [
  [
    /^(MMIO|SPTE|SHADOW)_|generation_mmio_spte_mask|[gs]et_mmio_spte|make_mmio_spte/,
    ['spte-fields-disjoint', 'spte-round-trip', 'no-in-flux-tag', 'cache-effective-at-rest'],
  ],
  [
    /_memslots?$|memory_region/,
    ['lookup-equals-scan', 'failed-update-restores', 'protected-access'],
  ],
];

/** One row for each invariant, those that most mutants broke first. */
export function riskRows(context: Context): Row[] {
  const { sides, era, knowledge } = context;
  const found = new Map<string, { mutants: number; evidence: Evidence[]; functions: string[] }>();
  for (const side of sides.filter(({ nature }) => nature === 'code' || nature === 'moves')) {
    for (const { invariant, mutants, evidence } of atRisk(side, context)) {
      const row = found.get(invariant) ?? { mutants: 0, evidence: [], functions: [] };
      found.set(invariant, row);
      row.mutants += mutants;
      if (evidence !== null) row.evidence.push(evidence);
      row.functions.push(side.owner!.name);
    }
  }
  const known = (name: string) => knowledge.invariants.find((one) => one.name === name);
  return [...found]
    .filter(([name]) => known(name) !== undefined)
    .sort(([a, m], [b, n]) => n.mutants - m.mutants || (a < b ? -1 : 1))
    .map(([name, { mutants, evidence, functions }]) => {
      const isBroken = known(name)!.knownBreaks.some((one) => one.era === era);
      const text = `${riskText(mutants, evidence, functions)}${isBroken ? brokenText(era) : ''}`;
      return { word: 'risk', name, text, question: null, place: null, evidence, story: null };
    });
}

function brokenText(era: EraName): string {
  return `; ${era} itself does not keep it in every scenario`;
}

function riskText(
  mutants: number,
  evidence: readonly Evidence[],
  functions: readonly string[],
): string {
  const names = [...new Set(functions)].join(', ');
  const regressions = evidence.filter(({ kind }) => kind === 'regression').length;
  if (mutants === 0 && regressions === 0) return `asked for where ${names} changes`;
  const words = [
    ...(mutants === 0 ? [] : [countText(mutants, 'mutant')]),
    ...(regressions === 0 ? [] : [countText(regressions, 'real bug')]),
  ];
  return `${words.join(' and ')} in ${names} broke it`;
}

interface Risk {
  readonly invariant: string;
  readonly mutants: number;
  readonly evidence: Evidence | null;
}

function atRisk(side: Side, { era, knowledge }: Context): Risk[] {
  const { owner } = side;
  if (owner === null) return [];
  const names = namesOf(owner.name);
  const measured = evidenceFor(side, era, knowledge.evidence);
  const ofRuns = Object.entries(measured?.of.invariants ?? {}).map(
    ([invariant, { mutants, scenario }]): Risk => ({
      invariant,
      mutants,
      evidence: { kind: 'scenario', id: scenario, text: `broken there, on ${measured!.era}` },
    }),
  );
  const ofHistory = knowledge.regressions
    .filter((one) => editsOf(one).some(({ function: name }) => names.includes(name)))
    .flatMap(({ name, breaks, broke }) =>
      breaks.map(
        (invariant): Risk => ({
          invariant,
          mutants: 0,
          evidence: { kind: 'regression', id: name, text: broke },
        }),
      ),
    );
  const isPorted = portedAs(side, era, knowledge.ported) !== null;
  const ofReviewers = ASKED.filter(([words]) => words.test(owner.name) && isPorted)
    .flatMap(([, all]) => all)
    .map((invariant): Risk => ({ invariant, mutants: 0, evidence: null }));
  return [...ofRuns, ...ofHistory, ...(ofRuns.length === 0 ? ofReviewers : [])];
}

/** All edits of a regression, of whatever era. */
function editsOf({ edits, editsOf: more }: Regression): readonly AnchoredEdit[] {
  return [...edits, ...Object.values(more ?? {}).flat()];
}

/** What a run knows of the function, in this era or the newest other one. */
export function evidenceFor(
  { owner }: Side,
  era: EraName,
  document: EvidenceDocument | null,
): { readonly era: string; readonly of: FunctionEvidence } | null {
  if (owner === null || document === null) return null;
  const eras = [era, ...Object.keys(document.eras).reverse()];
  for (const name of namesOf(owner.name)) {
    for (const one of eras) {
      const of = document.eras[one]?.[name];
      if (of !== undefined) return { era: one, of };
    }
  }
  return null;
}
