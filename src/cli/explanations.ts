// SPDX-License-Identifier: GPL-2.0-only
// What is known about a name? One function for each kind of thing that has names; a name is looked
// up in all of them.

import { allMutants, loadMakers } from '#lab/registry';
import {
  ERAS,
  type Era,
  INVARIANTS,
  type InterleavingScenario,
  type Invariant,
  otherText,
  SCENARIOS,
  type Scenario,
} from '#lab/suites';
import { modelsOf } from '#lab/units';
import { isDetected, isUncounted, MEANINGS, VERDICTS, type VerdictWord } from '#lab/verdict';
import type { Makers } from '#mutation/make';
import type { Control, Mutant, Operator, Regression } from '#mutation/mutant';
import type { EraName } from '#vocabulary';
import type { Explanation, Fact } from '../report/explanation.ts';
import { countText, sizeWords } from '../report/texts.ts';
import { unknownName } from './names.ts';
import { pairNamed } from './subjects.ts';

interface Known {
  readonly makers: Makers;
  readonly mutants: readonly Mutant[];
}

/** Everything that a name stands for. Throws a UserError if that is nothing. */
export async function explanationsOf(name: string): Promise<Explanation[]> {
  const pair = await pairNamed(name);
  if (pair !== null) return [mutant(pair)];
  const makers = await loadMakers();
  const plain = [
    ...ERAS.filter((era) => era.name === name).map(era),
    ...INVARIANTS.filter((one) => one.name === name || one.number === name).map(invariant),
    ...SCENARIOS.filter((one) => one.id === name).map(scenario),
    ...VERDICTS.filter((word) => word === name).map(verdict),
  ];
  const { operators, regressions, controls } = makers;
  const isMaker = [...operators, ...regressions, ...controls].some((one) => one.name === name);
  // To make all mutants takes seconds, which most names can do without.
  if (plain.length > 0 && !isMaker) return plain;
  const known: Known = { makers, mutants: await allMutants(erasOf(name)) };
  const found = [
    ...plain,
    ...operators.filter((one) => one.name === name).map((one) => operator(one, known)),
    ...regressions.filter((one) => one.name === name).map((one) => regression(one, known)),
    ...controls.filter((one) => one.name === name).map((one) => control(one, known)),
    ...known.mutants.filter((one) => one.id === name).map(mutant),
    ...commits(name, known),
  ];
  if (found.length > 0) return found;
  throw unknownName(
    'era, invariant, operator, regression, mutant, scenario, verdict or commit',
    name,
    [
      ...ERAS.map((one) => one.name),
      ...INVARIANTS.map((one) => one.name),
      ...[...operators, ...regressions, ...controls].map((one) => one.name),
      ...known.mutants.map((one) => one.id),
      ...SCENARIOS.map((one) => one.id),
      ...VERDICTS,
      ...commitIds(known),
    ],
  );
}

/** The era that the id of a mutant begins with; all if there is none. */
function erasOf(name: string): EraName[] | undefined {
  const own = ERAS.filter((one) => name.startsWith(`${one.name}/`));
  return own.length === 0 ? undefined : own.map((one) => one.name);
}

function era({ name, releases, summary, commits: own }: Era): Explanation {
  return {
    what: 'era',
    name,
    summary,
    facts: [
      { name: 'releases', text: releases.join(' to ') },
      { name: 'commits', lines: own.map(({ id, subject }) => `${id} ("${subject}")`) },
    ],
  };
}

function invariant({ name, number, statement, rationale, events, knownBreaks }: Invariant) {
  const facts: Fact[] = [
    { name: 'number', text: number },
    { name: 'why', text: rationale },
    ...(events.length === 0 ? [] : [{ name: 'broken by', lines: events }]),
    ...knownFacts(knownBreaks),
  ];
  return { what: 'invariant', name, summary: statement, facts };
}

/** What is known of several eras in the same words is told once. */
function knownFacts(knownBreaks: Invariant['knownBreaks']): Fact[] {
  const eras = new Map<string, string[]>();
  for (const { era, because, details } of knownBreaks) {
    const text = `${because} (${details.join('; ')})`;
    eras.set(text, [...(eras.get(text) ?? []), era]);
  }
  return [...eras].map(([text, of]) => ({ name: `known of ${of.join(', ')}`, text }));
}

function operator({ name, summary }: Operator, { mutants }: Known): Explanation {
  const own = mutants.filter((one) => one.kind === 'operator' && one.name === name);
  return { what: 'operator', name, summary, facts: [{ name: 'mutants', lines: idsOf(own) }] };
}

function regression(one: Regression, { mutants }: Known): Explanation {
  const own = mutants.filter(({ kind, name }) => kind === 'regression' && name === one.name);
  return {
    what: 'regression',
    name: one.name,
    summary: one.broke,
    facts: [
      { name: 'mended by', text: `${mendedBy(one)}, ${one.release}` },
      ...(one.cause === null ? [] : [{ name: 'brought in by', text: one.cause }]),
      ...(one.unfixed.length === 0 ? [] : [{ name: 'unedited in', text: one.unfixed.join(', ') }]),
      { name: 'breaks', lines: one.breaks },
      ...(one.ownScenarios.length === 0
        ? []
        : [{ name: 'scenarios written for it', lines: one.ownScenarios }]),
      { name: 'shown by', text: one.shownBy === 'sequence' ? 'one thread' : 'an interleaving' },
      { name: 'mutants', lines: idsOf(own) },
    ],
  };
}

/** The commit, as far as its id is confirmed. */
function mendedBy({ commit, subject }: Regression): string {
  return commit === null ? `"${subject}"` : `${commit} ("${subject}")`;
}

function control({ name, harmless }: Control, { mutants }: Known): Explanation {
  const own = mutants.filter((one) => one.kind === 'control' && one.name === name);
  return {
    what: 'control',
    name,
    summary: harmless,
    facts: [{ name: 'mutants', lines: idsOf(own) }],
  };
}

function mutant({ id, kind, name, description, sameAs, diff, ...one }: Mutant): Explanation {
  return {
    what: 'mutant',
    name: id,
    summary: description,
    facts: [
      { name: 'made by', text: `${kind} ${name}` },
      { name: 'function', text: `${one.function}() in ${one.file}` },
      ...(sameAs === null ? [] : [{ name: 'the same code as', text: sameAs }]),
      { name: 'diff', verbatim: diff },
    ],
  };
}

function scenario(one: Scenario): Explanation {
  const facts: Fact[] = [
    { name: 'masks', text: one.host.mmio.join(', ') },
    { name: 'memory models', text: modelsOf(one).join(', ') },
    { name: 'eras', text: one.eras === null ? 'all' : one.eras.join(', ') },
  ];
  if (one.kind === 'sequential') {
    return { what: 'scenario', name: one.id, summary: 'One thread runs alone.', facts };
  }
  return {
    what: 'scenario',
    name: one.id,
    summary: `Threads run at once: ${sizeWords(one)}.`,
    facts: [
      ...(one.before.length === 0
        ? []
        : [{ name: 'before the threads begin', lines: one.before.map(({ text }) => text) }]),
      ...(one.updates.length === 0
        ? []
        : [{ name: 'the updater', lines: one.updates.map(({ text }) => text) }]),
      ...(one.exits.length === 0 ? [] : [{ name: 'each vCPU', lines: exitLines(one) }]),
      ...(one.others.length === 0
        ? []
        : [{ name: 'beside them', lines: one.others.map(otherText) }]),
      ...facts,
      { name: 'budget', text: countText(one.budgetStates, 'state') },
    ],
  };
}

function exitLines({ exits, reloads = [] }: InterleavingScenario): string[] {
  return exits.map((gfn, i) => {
    const before = reloads.includes(i) ? 'reloads CR3, and ' : '';
    return `${before}accesses gfn 0x${gfn.toString(16)}`;
  });
}

function verdict(word: VerdictWord): Explanation {
  const inScore = isUncounted(word) ? 'left out' : isDetected(word) ? 'detected' : 'not detected';
  return {
    what: 'verdict',
    name: word,
    summary: MEANINGS[word],
    facts: [{ name: 'in the score', text: inScore }],
  };
}

/** A commit of the kernel: what it made of an era, and the regression that it mended. */
function commits(id: string, { makers, mutants }: Known): Explanation[] {
  if (!/^[0-9a-f]{12}$/.test(id)) return [];
  const eras = ERAS.flatMap((one) =>
    one.commits.filter((commit) => commit.id === id).map(({ subject }) => ({ one, subject })),
  );
  const mended = makers.regressions.filter(({ commit }) => commit === id);
  const [subject] = [...eras.map((known) => known.subject), ...mended.map((one) => one.subject)];
  if (subject === undefined) return [];
  const facts = eras.map(({ one }) => ({ name: `sets apart ${one.name}`, text: one.summary }));
  return [
    { what: 'commit', name: id, summary: subject, facts },
    ...mended.map((one) => regression(one, { makers, mutants })),
  ];
}

function commitIds({ makers }: Known): string[] {
  const ofEras = ERAS.flatMap((one) => one.commits.map(({ id }) => id));
  return [...ofEras, ...makers.regressions.flatMap(({ commit }) => commit ?? [])];
}

function idsOf(mutants: readonly Mutant[]): string[] {
  return mutants.map(({ id }) => id);
}
