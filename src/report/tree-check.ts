// SPDX-License-Identifier: GPL-2.0-only
// What do the suites say of the C of a kernel tree? A line for each claim, the interleaving behind
// each broken invariant with lines of the tree, and what of it all is the tree's own code.

import { rulesNameOf } from '#lab/suites';
import type { Drift } from '#lab/tree/drift';
import type { TreeResult, TreeRun, TreeState } from '#lab/tree/tree-run';
import { loadedOf, type TreeStory } from '#lab/tree/tree-story';
import { unitText, violationText } from '#lab/unit';
import type { Honesty } from '../c/honesty.ts';
import type { LoadedTree } from '../c/load.ts';
import { schemaOf, TOOL } from './schema.ts';
import { tableOf } from './story-table.ts';
import { columns, countText, wrapText } from './texts.ts';
import { driftText } from './tree-drift.ts';

/** A tree, what was run on it, and how it broke. */
export interface TreeCheck {
  /** What the user calls it: the folder, and the revision if there is one. */
  readonly name: string;
  readonly tree: LoadedTree;
  /** How it differs from what the port of its era was written from; null if nobody asked. */
  readonly drift: Drift | null;
  readonly run: TreeRun;
  readonly stories: readonly TreeStory[];
  readonly isVerbose: boolean;
}

const WIDTH = 100;

export function treeCheckText(check: TreeCheck): string {
  const { name, tree, run } = check;
  return [
    headText(name, tree),
    claimLines(run).join('\n'),
    ...storyTables(check).map((table) => table.trimEnd()),
    unansweredLines(run).join('\n'),
    [...driftLines(check.drift), ...honestyLines(tree.honesty)].join('\n'),
    totalLine(run),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

/** What was checked, and as what. */
export function headText(name: string, { profile, system }: LoadedTree): string {
  return [
    name,
    `profile ${profile.name} (${profile.kernels}), found by the shape of functions`,
    `held to the rules of ${rulesNameOf(system)}`,
  ].join('\n');
}

/** The tables of all stories. */
export function storyTables({ tree, stories, isVerbose }: TreeCheck): string[] {
  const loaded = loadedOf(tree);
  return stories.map(({ unit, told }) => tableOf(loaded, unit, told, [], isVerbose));
}

const WORDS: Readonly<Record<TreeState, string>> = {
  holds: 'holds',
  known: 'holds, but for what these kernels are known for',
  broken: 'BREAKS',
  unknown: 'UNKNOWN',
  'not hosted': 'not hosted',
};
const WORST: readonly TreeState[] = ['broken', 'unknown', 'not hosted', 'known', 'holds'];

/** The sizes of a claim share a line. */
export function claimOf(scenario: string): string {
  return scenario.replace(/\.[^./]*$/, '');
}

function claimLines({ results }: TreeRun): string[] {
  const claims = [...new Set(results.map(({ scenario }) => claimOf(scenario)))].sort();
  const rows = claims.map((claim) => {
    const own = results.filter(({ scenario }) => claimOf(scenario) === claim);
    const state = WORST.find((one) => own.some((result) => result.state === one))!;
    const broken = own.flatMap(({ violations }) => violations).filter((v) => !v.isKnown);
    const names = [...new Set(broken.map(({ invariant }) => invariant))].sort();
    const what = state === 'broken' ? `BREAKS ${names.join(', ')}` : WORDS[state];
    return [claim, masksText(own), what];
  });
  return columns([['claim', 'runs', 'verdict'], ...rows]);
}

function masksText(results: readonly TreeResult[]): string {
  const masks = ['ept', 'shadow'].filter((mask) => results.some(({ mmio }) => mmio === mask));
  return `${results.length} (${masks.join(', ')})`;
}

function unansweredLines({ results, notHosted, isCut }: TreeRun): string[] {
  const unknown = results.filter(({ state }) => state === 'unknown');
  const lines = unknown.map((result) => `unknown  ${unitText(result)}: ${result.reason}`);
  const reasons = [...new Set(notHosted.map(({ why }) => why))].sort();
  for (const why of reasons) {
    const names = notHosted.filter((one) => one.why === why).map(({ scenario }) => scenario);
    lines.push(`not hosted: ${why}`);
    lines.push(...wrapText(names.join(', '), WIDTH - 2).map((line) => `  ${line}`));
  }
  if (isCut) lines.push('The run was ended early: what is missing above is unknown.');
  return lines;
}

/** The honesty list in a few lines; `--json` has it whole. */
export function honestyLines(honesty: Honesty): string[] {
  const rows: [string, string][] = [
    ['real', countText(honesty.real.length, 'function')],
    ['intrinsic', listText(honesty.intrinsic)],
    ['modelled', listText(honesty.modelled.map(({ name, why }) => `${name} (${why})`))],
    ['stubbed', listText(honesty.stubbed)],
    ['driver', honesty.driver.join('; ')],
    ['overridden', listText(honesty.overridden)],
    ['CONFIG', honesty.config.join(' ')],
    ['assumed', listText(honesty.assumed)],
    [
      'memory',
      'as each run says: sequential consistency, or store buffers with release publication',
    ],
    ['not valid for', honesty.notValidFor.join('; ')],
  ];
  return rows.flatMap(headed);
}

function headed([head, text]: readonly [string, string]): string[] {
  const [first = '', ...rest] = wrapText(text, WIDTH - 16);
  return [`${head.padEnd(16)}${first}`, ...rest.map((line) => `${' '.repeat(16)}${line}`)];
}

function driftLines(drift: Drift | null): string[] {
  return drift === null ? [] : headed(['port', driftText(drift)]);
}

function listText(names: readonly string[]): string {
  return names.length === 0 ? 'none' : `${names.length}: ${names.join(', ')}`;
}

function totalLine({ results, notHosted }: TreeRun): string {
  const count = (state: TreeState) => results.filter((result) => result.state === state).length;
  return [
    countText(results.length, 'run'),
    `${count('holds') + count('known')} hold`,
    `${count('broken')} break`,
    `${count('unknown')} unknown`,
    `${countText(notHosted.length, 'scenario')} not hosted`,
  ].join(', ');
}

/** The same as a document, with the honesty list whole. */
export function treeCheckDocument(check: TreeCheck): object {
  const { name, tree, run } = check;
  return {
    schema: schemaOf('check'),
    tool: TOOL,
    ...treeEntry(check),
    tree: name,
    profile: tree.profile.name,
    drift: check.drift,
    rules: rulesNameOf(tree.system),
    honesty: tree.honesty,
    notHosted: run.notHosted,
    isComplete: !run.isCut,
  };
}

/** What a tree's runs said. */
export function treeEntry({ run, stories }: TreeCheck): object {
  return {
    verdicts: run.results.map((result) => ({
      id: unitText(result),
      scenario: result.scenario,
      mmio: result.mmio,
      memoryModel: result.memoryModel,
      verdict: result.state,
      violations: result.violations.map(violationText),
      states: result.counts.states,
      checks: result.counts.checks,
      ...(result.reason === '' ? {} : { reason: result.reason }),
    })),
    counterexamples: stories.map(({ invariant, unit, told }) => ({
      invariant,
      scenario: unit.scenario.id,
      mmio: unit.mmio,
      memoryModel: unit.memoryModel,
      schedule: told.schedule,
    })),
  };
}
