// SPDX-License-Identifier: GPL-2.0-only
// Do our runners say of every mutant of Stryker's what stock Stryker says, and how much sooner?

import type { EraName } from '#vocabulary';
import type { Outcome } from '../src/stryker/outcomes.ts';
import {
  byLab,
  byOurRunner,
  byVitest,
  type Choice,
  groundsOf,
  type RouteResult,
} from './mutate-routes.ts';
import { count, ratio, table, time } from './table.ts';

const ERA: EraName = 'v3.17';

/** Scenarios that take milliseconds each, and kill most of what dies at all. */
const CHEAP = [
  'ioctl/a-failing-call-changes-nothing',
  'ioctl/a-read-only-slot-is-not-writable',
  'ioctl/bad-arguments-are-refused',
  'memslots/a-failed-delete-changes-nothing.1v1u1f',
  'memslots/a-slot-moved-away-is-gone.1v1u1f',
  'mmio-cache/a-created-slot-is-seen.1v1u2f',
  'mmio-cache/a-created-slot-is-seen.2v1u1f',
  'spte/fields-are-disjoint',
];

/** Without its grace period the port is broken; whoever does not see that runs no mutants. */
const CANARY = 'v3.17/install_new_memslots/stryker-CallExpression.3';

export interface MutateOptions {
  /** Files, or parts of them; all of the era if it is empty. */
  readonly mutate: readonly string[];
  /** Every scenario, not only those that take milliseconds. */
  readonly isWhole: boolean;
  readonly isStockChecker: boolean;
}

/** Prints what each route costs and every difference. Returns how many differences there are. */
export async function mutate(
  { mutate, isWhole, isStockChecker }: MutateOptions,
  print: (text: string) => void,
): Promise<number> {
  const scenarios = isWhole ? null : CHEAP;
  const all = [`reference/${ERA}/**/*.ts`];
  const choice: Choice = {
    era: ERA,
    scenarios,
    mutate: mutate.length > 0 ? mutate : all,
    isStockChecker,
  };
  const grounds = await groundsOf(choice);
  print(`${count(grounds.units.length)} units of ${ERA}; stock Stryker comes last`);
  const ours = await byOurRunner(grounds, choice);
  const lab = await byLab(grounds, new Set(ours.outcomes.keys()));
  print(
    `${table(
      HEAD,
      [lab, ours].map((route) => row(route, null)),
    )}\n`,
  );
  const stock = await byVitest(grounds, choice);
  const routes = [lab, ours, stock];
  print(
    table(
      HEAD,
      routes.map((route) => row(route, stock)),
    ),
  );
  const differences = differencesOf(routes);
  for (const difference of differences) print(difference);
  print(`${count(stock.outcomes.size)} mutants, ${count(differences.length)} differences`);
  return differences.length;
}

const HEAD = [
  'route',
  'mutants',
  'killed',
  'crash',
  'survived',
  'not reached',
  'ill-typed',
  'no answer',
  'whole',
  'per mutant',
  'cpu per mutant',
  'mutants alone',
  'stock is',
];

function row(route: RouteResult, stock: RouteResult | null): string[] {
  const { name, ms, cpuMs, mutantsMs, outcomes } = route;
  const of = (wanted: Outcome) => count([...outcomes.values()].filter((o) => o === wanted).length);
  const words = [
    'killed',
    'crash',
    'survived',
    'not-reached',
    'compile-error',
    'no-answer',
  ] as const;
  const { size } = outcomes;
  return [
    name,
    count(size),
    ...words.map(of),
    time(ms),
    time(ms / size),
    time(cpuMs / size),
    mutantsMs === null ? '' : time(mutantsMs / size),
    stock === null ? '' : ratio(stock.ms, ms),
  ];
}

/** One line for each mutant that the routes disagree about, and for a canary that lives. */
export function differencesOf(routes: readonly Pick<RouteResult, 'name' | 'outcomes'>[]): string[] {
  const ids = new Set(routes.flatMap(({ outcomes }) => [...outcomes.keys()]));
  const lines = [...ids].sort().flatMap((id) => {
    const found = routes.map(({ outcomes }) => outcomes.get(id) ?? 'missing');
    const words = new Set(found.map(comparable));
    if (words.size === 1) return [];
    return [`${id}: ${routes.map(({ name }, i) => `${name} says ${found[i]}`).join(', ')}`];
  });
  for (const { name, outcomes } of routes) {
    if (outcomes.has(CANARY) && outcomes.get(CANARY) !== 'killed') {
      lines.push(`the canary ${CANARY} lives: ${name} runs no mutants`);
    }
  }
  return lines;
}

/** Stock Stryker cannot tell a crash from a failed test, nor that no edited code was run. */
function comparable(outcome: Outcome | 'missing'): string {
  if (outcome === 'crash') return 'killed';
  return outcome === 'not-reached' ? 'survived' : outcome;
}
