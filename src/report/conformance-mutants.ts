// SPDX-License-Identifier: GPL-2.0-only
// What became of mutants of kvm.ko: in the model, in the kernel, and under the kernel's own
// selftests? Tables that terminal and page have in common, and what has to be known to read them.

import {
  contradicts,
  isKilled,
  isRaceUnseen,
  type KernelResult,
  type MutantResult,
  type MutantVerdict,
  type SelftestResult,
  type SelftestRun,
  type StressResult,
} from '../conformance/result.ts';
import { SELFTESTS } from '../conformance/selftests/programs.ts';
import { countText, numberText } from './texts.ts';

export interface Table {
  readonly title: string;
  /** The head comes first. */
  readonly rows: readonly (readonly string[])[];
  /** What to know of it, one sentence or more each. */
  readonly notes: readonly string[];
}

const VERDICTS: Readonly<Record<MutantVerdict, string>> = {
  sequence: 'killed by a sequence',
  wrap: 'killed by many updates',
  freed: 'killed: uses a freed slot',
  race: 'killed by a race',
  panic: 'killed: panics',
  mends: 'mends',
  survives: 'survives',
  unknown: 'unknown',
};

const withoutEra = (id: string) => id.replace(/^v[\d.]+\//, '');

/** One id in model and kernel, and what becomes of it in each; null if no mutant was run. */
export function mutantTable({ mutants }: KernelResult): Table | null {
  if (mutants.length === 0) return null;
  const head = ['mutant', 'model', 'kernel', 'shown by'];
  const rows = mutants.map((one) => [
    withoutEra(one.id),
    VERDICTS[one.model],
    isRaceUnseen(one) ? 'not seen' : VERDICTS[one.kernel],
    shownBy(one),
  ]);
  return {
    title: 'mutants of kvm.ko, judged by what a guest sees while its slots rest',
    rows: [head, ...rows],
    notes: [alikeText(mutants), controlText(mutants), ...explained(mutants)],
  };
}

/** How many both judge alike, and which not: those are findings about the model. */
function alikeText(mutants: readonly MutantResult[]): string {
  const asked = mutants.filter(({ number }) => number > 0);
  const other = asked.filter((one) => contradicts(one));
  const open = asked.filter(
    (one) => !contradicts(one) && (isRaceUnseen(one) || one.kernel === 'unknown'),
  );
  const alike = asked.length - other.length - open.length;
  const list = (all: readonly MutantResult[]) => all.map(({ id }) => withoutEra(id)).join(', ');
  return [
    `Model and kernel judge ${numberText(alike)} of ${countText(asked.length, 'mutant')} alike.`,
    ...(other.length === 0 ? [] : [`FINDINGS ABOUT THE MODEL: ${list(other)}.`]),
    ...(open.length === 0 ? [] : [`Not known: ${list(open)}.`]),
  ].join(' ');
}

/** What has to be known of mutants, each text once. */
function explained(mutants: readonly MutantResult[]): string[] {
  const told = mutants.flatMap((one) => {
    const inside =
      one.inside.length === 0
        ? []
        : [`In the model it also breaks ${one.inside.join(', ')}, which no access at rest shows.`];
    const said = [...(one.because === null ? [] : [one.because]), ...inside];
    return said.length === 0 ? [] : [{ id: withoutEra(one.id), text: said.join(' ') }];
  });
  return [...Map.groupBy(told, ({ text }) => text)].map(
    ([text, all]) => `${all.map(({ id }) => id).join(', ')}: ${text}`,
  );
}

function shownBy({ word, kernel, stress }: MutantResult): string {
  if (word !== null) return word;
  if (kernel !== 'race') return '';
  const fewest = Math.min(
    ...stress
      .filter(({ staleMmio, staleRam }) => staleMmio + staleRam > 0)
      .map((run) => run.cycles),
  );
  return `attempt ${numberText(fewest + 1)}`;
}

/** The kernel as it stands, which was run beside every mutant. */
function controlText(mutants: readonly MutantResult[]): string {
  const control = mutants.flatMap((one) => one.control);
  const sum = (of: (run: StressResult) => number) => control.reduce((n, run) => n + of(run), 0);
  const stale = sum(({ staleMmio, staleRam }) => staleMmio + staleRam);
  return (
    `Beside them the kernel as it stands: ${countText(control.length, 'run')} of two threads, ` +
    `${countText(
      sum(({ cycles }) => cycles),
      'attempt',
    )}, ${countText(
      sum(({ judged }) => judged),
      'judged access',
      'judged accesses',
    )}, ${numberText(stale)} stale.`
  );
}

const OUTCOMES: Readonly<Record<SelftestRun['outcome'], string>> = {
  passes: 'passes',
  fails: 'fails',
  panics: 'panics',
  skipped: 'skipped',
  unknown: 'unknown',
};

/** The kernel's own selftests beside ours on the same mutants; null if they were not run. */
export function selftestTable(kernel: KernelResult): Table | null {
  const { selftests, mutants } = kernel;
  const [control] = selftests;
  if (control === undefined) return null;
  const names = control.runs.map(({ test }) => test);
  const ours = new Map(mutants.map((one) => [one.run, one.kernel]));
  const rows = selftests.map((one) => [
    withoutEra(one.id),
    ...one.runs.map(({ outcome }) => OUTCOMES[outcome]),
    VERDICTS[ours.get(one.run) ?? 'unknown'],
  ]);
  return {
    title: "the kernel's own selftests on the same mutants",
    rows: [['mutant', ...names, 'conform'], ...rows],
    notes: [
      noticedText(selftests, ours),
      ...selftestNotes(selftests),
      ...kernel.selftestFaults.map((why) => `not known: ${why}`),
    ],
  };
}

/** How many bugs each of them notices. What mends is no bug. */
function noticedText(
  selftests: readonly SelftestResult[],
  ours: ReadonlyMap<string, MutantVerdict>,
): string {
  const bugs = selftests.filter(({ run, number }) => number > 0 && ours.get(run) !== 'mends');
  const [control] = selftests;
  const counts = control!.runs.map(({ test, outcome }, i) => {
    if (outcome !== 'passes') return `by ${test}: not asked`;
    const noticed = bugs.filter(({ runs }) => ['fails', 'panics'].includes(runs[i]!.outcome));
    return `by ${test}: ${numberText(noticed.length)}`;
  });
  const killed = bugs.filter(({ run }) => isKilled(ours.get(run) ?? 'unknown'));
  return (
    `Bugs among the mutants: ${numberText(bugs.length)}. Noticed by conform: ` +
    `${numberText(killed.length)}; ${counts.join('; ')}.`
  );
}

function selftestNotes(selftests: readonly SelftestResult[]): string[] {
  const started = SELFTESTS.map(({ name, args, text }) => `${name} ${args.join(' ')}: ${text}.`);
  // A test that was skipped on the kernel as it stands is skipped everywhere.
  const ends = selftests.flatMap(({ id, number, runs }) =>
    runs
      .filter(({ how, outcome }) => how !== '' && (outcome !== 'skipped' || number === 0))
      .map(({ test, outcome, how }) => `${withoutEra(id)}, ${test} ${OUTCOMES[outcome]}: ${how}`),
  );
  return [...started, ...ends];
}

/** The seed's bug as the kernel had it; null if it was not seen. */
export function raceTable({ race }: KernelResult): Table | null {
  if (race.length === 0) return null;
  const rows = race.map(({ time, thread, text }) =>
    thread === 'vCPU' ? [`${time}`, text, ''] : [`${time}`, '', text],
  );
  return {
    title: 'the bug of ee3d1570b586 in kvm.ko, up to the first stale answer',
    rows: [['us', 'vCPU', 'updater'], ...rows],
    notes: [],
  };
}
