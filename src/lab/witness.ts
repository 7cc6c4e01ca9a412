// SPDX-License-Identifier: GPL-2.0-only
// On which schedule do the port and a survivor differ? On the shortest one that ends as only one of
// the two can end. It is the scenario that is missing: nothing that is judged breaks there, and yet
// somebody outside can tell.

import { findCounterexample } from '#explorer/counterexample';
import { OBSERVABLE } from '#explorer/outcome';
import { type Replayed, replay } from '#explorer/replay';
import type { RunEvent } from '#explorer/run';
import { parseSchedule, scheduleText } from '#explorer/schedule';
import type { Mutant } from '#mutation/mutant';
import type { SystemUnderTest } from '#vocabulary';
import { boundsText } from './bounds.ts';
import type { Comparison } from './compare.ts';
import { freshProgram } from './fresh-program.ts';
import { sourcesHash } from './sources.ts';
import { sizeRank } from './story.ts';
import { type InterleavingScenario, scenarioFile } from './suites.ts';
import type { Loaded, Told } from './tell.ts';
import { eventText, type Unit, type UnitName, unitName, unitText } from './unit.ts';

/** What tells a survivor from the port. */
export interface Witness extends UnitName {
  /** Who can end like this, as the other one cannot. */
  readonly whose: 'mutant' | 'port';
  /** What is seen there, in words. */
  readonly outcome: string;
  /** Null for a sequence, which needs none, and if the budget was spent. */
  readonly schedule: string | null;
  /** The table of the interleaving, or the first call that is answered differently. */
  readonly text: string;
  /** The scenario as a file of suites/; null for a sequence, which is in the suites already. */
  readonly scenarioFile: string | null;
}

/** Most states of the search for the schedule. */
const STATES_MAX = 200_000;

/** The systems that are compared. */
export interface Subjects {
  readonly mutant: Mutant;
  /** With the mutant's edits. */
  readonly system: SystemUnderTest;
  readonly port: SystemUnderTest;
  /** There if the mutant is one of the C of a tree, which then stands in the place of the port. */
  readonly tree?: NonNullable<Loaded['tree']>;
}

/** What a mutant is compared with, in words. */
export function originalOf({ tree }: Pick<Subjects, 'tree'>): string {
  return tree === undefined ? 'the port' : 'the tree';
}

/** Draws what was told; `ends` is the line that says what is seen. */
export type DrawWitness = (loaded: Loaded, unit: Unit, told: Told) => string;

/** In which unit two systems differ, and what only one of them shows there. */
export interface Difference {
  readonly comparison: Comparison;
  readonly whose: Witness['whose'];
  /** Texts of ends, events or calls; each of them will do. */
  readonly wanted: ReadonlySet<string>;
  /** One of them, in words. */
  readonly outcome: string;
}

/**
 * The difference in the smallest of the units, all of which differ. `original`: what the mutant is
 * compared with, in words. Throws if there is none.
 */
export function differenceOf(differing: readonly Comparison[], original: string): Difference {
  const [comparison] = [...differing].sort(bySize);
  if (comparison === undefined) throw new Error('there is no difference');
  const { unit, port, mutant } = comparison;
  if (unit.scenario.kind === 'sequential') {
    const outcome = firstOther(comparison, original);
    return { comparison, whose: 'mutant', wanted: new Set(), outcome };
  }
  const [ofPort, ofMutant] = [new Set(port.texts), new Set(mutant.texts)];
  const news = mutant.texts.filter((text) => !ofPort.has(text));
  // What the mutant was not seen to do, it may do beyond its budget: it must do something new then.
  const whose = news.length > 0 ? 'mutant' : 'port';
  const wanted = whose === 'mutant' ? news : port.texts.filter((text) => !ofMutant.has(text));
  return { comparison, whose, wanted: new Set(wanted), outcome: outcomeText(wanted[0]!) };
}

/** One of two systems that are compared, and what it is called in a sentence. */
export interface Side {
  readonly loaded: Loaded;
  readonly name: string;
}

/** Those of a comparison: `mutant` is held against `port`. */
export type Sides = Readonly<Record<Witness['whose'], Side>>;

/** A mutant and what it is a mutant of; of a tree, by the names that its schedules have. */
function sidesOf(subjects: Subjects): Sides {
  const { mutant, system, port, tree } = subjects;
  const { era, id } = mutant;
  const of = (name: string) => (tree === undefined ? {} : { tree: { ...tree, name } });
  return {
    mutant: { loaded: { era, mutant, system, ...of(`${tree?.name}/${id}`) }, name: id },
    port: {
      loaded: { era, mutant: null, system: port, ...of(tree?.name ?? '') },
      name: originalOf(subjects),
    },
  };
}

/** The witness of a difference: in an interleaving the shortest schedule that shows it. */
export function witnessOf(subjects: Subjects, difference: Difference, draw: DrawWitness): Witness {
  return witnessBetween(sidesOf(subjects), difference, draw);
}

/** The same for any two systems. */
export function witnessBetween(sides: Sides, difference: Difference, draw: DrawWitness): Witness {
  const { scenario } = difference.comparison.unit;
  if (scenario.kind === 'sequential') return inSequence(difference);
  return inInterleaving(sides, difference, scenario, draw);
}

function bySize(a: Comparison, b: Comparison): number {
  const ranks = [a, b].map(({ unit }) => [
    ...sizeRank(unit.scenario),
    Number(unit.memoryModel !== 'sc'),
  ]) as [number[], number[]];
  for (let i = 0; i < ranks[0].length; i++) {
    if (ranks[0][i] !== ranks[1][i]) return ranks[0][i]! - ranks[1][i]!;
  }
  return unitText(unitName(a.unit)) < unitText(unitName(b.unit)) ? -1 : 1;
}

/** The first call that is answered differently, with both answers. */
function firstOther({ port, mutant }: Comparison, original: string): string {
  const at = mutant.texts.findIndex((text, i) => text !== port.texts[i]);
  const call = at < 0 ? mutant.texts.length : at;
  const told = ({ texts }: { readonly texts: readonly string[] }) => texts[call] ?? 'nothing more';
  const ofPort = told(port).replace(/^.* -> /, '');
  return `call ${call + 1}: ${told(mutant)}, and ${ofPort} in ${original}`;
}

function inSequence({ comparison: { unit }, whose, outcome }: Difference): Witness {
  return {
    ...unitName(unit),
    whose,
    outcome,
    schedule: null,
    text: `${unitText(unitName(unit))}\n  ${outcome}\n`,
    scenarioFile: null,
  };
}

function inInterleaving(
  sides: Sides,
  { comparison: { unit }, whose, wanted, ...difference }: Difference,
  scenario: InterleavingScenario,
  draw: DrawWitness,
): Witness {
  const { loaded } = sides[whose];
  const found = shortest(loaded, unit, scenario, wanted);
  const outcome = found === null ? difference.outcome : outcomeText(found.seen);
  const other = sides[whose === 'mutant' ? 'port' : 'mutant'].name;
  const ends = `ends as ${other} never does: ${outcome}`;
  const text =
    found === null
      ? `${unitText(unitName(unit))}\n  ${ends}\nThe budget ended before a schedule was found.\n`
      : draw(loaded, unit, { ...found, invariant: '', breaks: () => false, ends });
  const why = [
    `${loaded.mutant?.id ?? loaded.era} ${ends}.`,
    ...(found === null ? [] : [`Schedule: ${found.schedule}`]),
    'No invariant is about this yet: is it right?',
  ];
  const slug = sides.mutant.name.replace(/[^a-z0-9]+/gi, '-').toLowerCase();
  return {
    ...unitName(unit),
    whose,
    outcome,
    schedule: found?.schedule ?? null,
    text,
    scenarioFile: scenarioFile(
      { ...scenario, host: { ...scenario.host, mmio: [unit.mmio] } },
      `survivors/${slug}`,
      why,
    ),
  };
}

interface Found {
  readonly seen: string;
  readonly schedule: string;
  readonly replayed: Replayed;
}

/** The shortest schedule that shows one of the wanted texts; null if the budget is spent. */
function shortest(
  loaded: Loaded,
  unit: Unit,
  scenario: InterleavingScenario,
  wanted: ReadonlySet<string>,
): Found | null {
  const { memoryModel } = unit;
  const textOf = (event: RunEvent) => (event.kind === OBSERVABLE ? event.detail : eventText(event));
  const found = findCounterexample(
    freshProgram(loaded.system, scenario, unit, true),
    (event) => wanted.has(textOf(event)),
    { memoryModel, budgetStates: STATES_MAX, wantObservables: true },
  );
  if (found.kind === 'unknown') return null;
  if (found.kind === 'none') throw new Error(`${scenario.id}: no schedule shows what was seen`);
  const schedule = scheduleText({
    subject: loaded.tree?.name ?? loaded.mutant?.id ?? loaded.era,
    scenario: scenario.id,
    memoryModel,
    bounds: boundsText(scenario, unit.mmio),
    turns: found.turns,
    hash: loaded.tree?.hash ?? sourcesHash(loaded.era, loaded.mutant),
  });
  const { turns } = parseSchedule(schedule);
  const replayed = replay(freshProgram(loaded.system, scenario, unit, true), turns, memoryModel);
  const shown = [replayed.observable ?? '', ...replayed.events.map(eventText)];
  const seen = shown.find((text) => wanted.has(text));
  if (seen === undefined) throw new Error(`${schedule}: the replay does not show what was seen`);
  return { seen, schedule, replayed };
}

/** Groups of threads, as programs of scenarios number them. */
const WHO = ['a vCPU', 'the updater'];

/** What is seen of an end, for people: whatever the vCPUs did, and what a quiet VM answers. */
export function outcomeText(text: string): string {
  if (text.startsWith('event ')) return text.slice('event '.length);
  const [kind, ...parts] = text.split(' | ');
  const told = parts.map((part) => {
    const match = /^(\d+): "did ([^"]*)" ?(.*)$/.exec(part);
    if (match === null) return part;
    const [, group, did, rest] = match;
    const who = WHO[Number(group)] ?? 'who is beside them';
    const answers = rest === '' ? '' : `, then at rest ${rest!.replaceAll('"', '')}`;
    return `${who} did ${did}${answers}`;
  });
  return [...(kind === 'done' ? [] : [kind!]), ...told].join('; ');
}
