// SPDX-License-Identifier: GPL-2.0-only
// How much slower is translated C than a port of the same kernel? The same operations on both, in
// one process, in turns: executions of one thread after the other, without a search; and whole
// explorations, where the C makes more steps. Ratios are what counts: the machine cancels out.

import { fileURLToPath } from 'node:url';
import { loadTree } from '../src/c/load.ts';
import { loadParser } from '../src/c/text/ast.ts';
import { folderFiles } from '../src/cli/tree-files.ts';
import { INVARIANTS, SCENARIOS } from '../src/lab/suites.ts';
import { treeUnits } from '../src/lab/tree/tree-run.ts';
import { runUnit, type Unit, unitName, unitText } from '../src/lab/unit.ts';
import { loadSystem } from '../src/lab/variants.ts';
import { columns } from '../src/report/texts.ts';
import type { SystemUnderTest } from '../src/vocabulary.ts';

const MINI = fileURLToPath(new URL('../test/fixtures/trees/v3.12', import.meta.url));

/** A sequence is executed, an interleaving is explored. */
const IDS = [
  'ioctl/any-list-of-calls-does-what-it-says',
  'mmio-cache/a-second-access-hits',
  'spte/an-entry-is-valid-at-one-number',
  'mmio-cache/a-created-slot-is-seen.1v1u1f',
  'memslots/a-slot-moved-away-is-gone.1v1u1f',
];

const ROUNDS = 5;

/** Prints a row for each unit. Without a folder it is the miniature kernel of the tests. */
export async function cVersusPort(
  folder: string | null,
  print: (text: string) => void,
): Promise<void> {
  const tree = loadTree(await loadParser(), folderFiles(folder ?? MINI));
  const { era } = tree.system;
  const port = await loadSystem(era, null);
  const scenarios = SCENARIOS.filter(({ id }) => IDS.includes(id));
  const choice = { scenarios, mmio: 'ept', memoryModel: 'sc', budgetStates: null } as const;
  const rows = treeUnits(tree, choice).map((unit) => row(tree.system, port, unit));
  print(`the C of ${folder ?? 'the miniature kernel'} and the port of ${era}`);
  const head = ['unit', 'accesses of C', 'of the port', 'states of C', 'of the port', 'time of C'];
  print(columns([head, ...rows]).join('\n'));
}

function row(tree: SystemUnderTest, port: SystemUnderTest, unit: Unit): string[] {
  // The first round is for the compiler of the machine.
  const times = Array.from({ length: ROUNDS }, () => [tree, port].map((one) => time(one, unit)));
  const [c, p] = [0, 1].map((i) => Math.min(...times.slice(1).map((pair) => pair[i]!.ms)));
  const [ofTree, ofPort] = times[0]!.map(({ counts }) => counts) as [Counts, Counts];
  const isSequence = unit.scenario.kind === 'sequential';
  const count = (n: number) => (n === 0 ? '-' : String(n));
  return [
    unitText(unitName(unit)),
    ...[ofTree.accesses, ofPort.accesses].map((n) => (isSequence ? count(n) : '-')),
    ...[ofTree.states, ofPort.states].map((n) => (isSequence ? '-' : count(n))),
    `${(c! / p!).toFixed(1)} times that of the port`,
  ];
}

type Counts = ReturnType<typeof runUnit>['counts'];

function time(system: SystemUnderTest, unit: Unit): { readonly ms: number; counts: Counts } {
  const before = process.cpuUsage();
  const { counts } = runUnit(system, unit, INVARIANTS);
  const { user, system: kernel } = process.cpuUsage(before);
  return { ms: (user + kernel) / 1000, counts };
}
