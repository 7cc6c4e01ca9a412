// SPDX-License-Identifier: GPL-2.0-only
// How fast is the search, and how does it compare with SPIN? The same model, made from the port's
// own automata, runs through both. SPIN gets the minimised machine with every reduction of our
// search off; we run with all of them. Each side is charged its whole job.

import { MachineSearch } from '#explorer/machine-search';
import { Findings } from '#explorer/outcome';
import { type Prepared, prepare, search } from '#explorer/search';
import { ALL_REDUCTIONS, type SearchOptions } from '#explorer/search-options';
import { type MeasuredProcess, measureApart } from './measure.ts';
import { endOf, promelaOf } from './promela.ts';
import { BUDGET_STATES, COMPARED, GROWING, programOfSize } from './sizes.ts';
import { missingTool, runSpin, type SpinFailure, type SpinRun } from './spin.ts';
import { count, ratio, table, time } from './table.ts';

const MEMORY_LIMIT_MB = 8_000;

/** Above this the two plain searches are not held against each other. */
const COMPARED_STATES_MAX = 5_000_000;

/** Our reductions that SPIN's model does not have. */
const PLAIN = { ...ALL_REDUCTIONS, fuse: false, symmetry: false };

const options = (wantEnds: boolean, reductions = ALL_REDUCTIONS): SearchOptions => ({
  memoryModel: 'sc',
  budgetStates: BUDGET_STATES,
  wantEnds,
  reductions,
});

/** Prints both tables, row by row as they are measured. */
export async function explore(limitMs: number, print: (text: string) => void): Promise<void> {
  print(LEGEND);
  const tool = missingTool();
  if (tool !== null) print(`comparison with SPIN: skipped, ${tool} is missing\n`);
  else {
    const rows: string[][] = [];
    for (const size of COMPARED) rows.push(await compared(size, limitMs, print));
    print(`\n${table(COMPARED_HEAD, rows)}\n`);
  }
  const rows: string[][] = [];
  for (const [what, sizes] of Object.entries(GROWING)) {
    for (const size of sizes) rows.push(await grown(what, size, limitMs, print));
  }
  print(`\n${table(GROWING_HEAD, rows)}`);
}

const LEGEND = `Unmutated port of v3.17, EPT's mask, sc. Wall time, best of several short runs.
process: a whole process of ours, Node's start included. job: the same work when the code is warm.
SPIN gets the minimised automata without our private steps and symmetry, and is not charged for
the time that it took us to make them. whole job: spin, gcc and run against our process. without
compiling: run against our job. same model: SPIN's states and, without its reduction, steps equal
ours without these two reductions, and the end states, judged by the scenario, are those of our
full search.
`;

const COMPARED_HEAD = [
  'size',
  'our states',
  'process',
  'job',
  'MB',
  'SPIN states',
  'spin+gcc',
  'run',
  'MB',
  'reduced',
  'run',
  'same model',
  'whole job',
  'without compiling',
];

async function compared(
  size: string,
  limitMs: number,
  print: (text: string) => void,
): Promise<string[]> {
  const ours = await measureApart(size, limitMs);
  const program = programOfSize(size);
  const prepared = prepare(program, options(true, PLAIN));
  if (prepared === null) throw new Error(`${size} cannot be completed`);
  const model = promelaOf(program, prepared.machine, false);
  const limits = { limitMs, memoryLimitMb: MEMORY_LIMIT_MB, optimises: true };
  const plain = await runSpin(model, { ...limits, reduces: false });
  const reduced = await runSpin(model, { ...limits, reduces: true });
  const same = 'failure' in plain ? 'not run' : await isSame(size, plain, limitMs);
  const row = [size, ...ourCells(ours), ...spinCells(plain, reduced), same, ...ratios(ours, plain)];
  print(row.join('  '));
  return row;
}

function ourCells(ours: MeasuredProcess | null): string[] {
  if (ours === null) return ['over the limit', '', '', ''];
  const { states, processMs, warmMs, coldMs, memoryMb } = ours;
  return [count(states), time(processMs), time(warmMs ?? coldMs), count(memoryMb)];
}

function spinCells(plain: SpinRun | SpinFailure, reduced: SpinRun | SpinFailure): string[] {
  const first =
    'failure' in plain
      ? [plain.failure, '', '', '']
      : [
          count(plain.figures.states),
          time(plain.generateMs + plain.compileMs),
          time(plain.runMs),
          count(plain.figures.memoryMb),
        ];
  const second =
    'failure' in reduced
      ? [reduced.failure, '']
      : [count(reduced.figures.states), time(reduced.runMs)];
  return [...first, ...second];
}

function ratios(ours: MeasuredProcess | null, plain: SpinRun | SpinFailure): string[] {
  if (ours === null || 'failure' in plain) return ['', ''];
  const whole = plain.generateMs + plain.compileMs + plain.runMs;
  return [ratio(whole, ours.processMs), ratio(plain.runMs, ours.warmMs ?? ours.coldMs)];
}

/** Compares what SPIN visits with what we do: `yes`, or what differs. */
async function isSame(size: string, plain: SpinRun, limitMs: number): Promise<string> {
  if (plain.figures.states > COMPARED_STATES_MAX) return 'not held';
  const program = programOfSize(size);
  const prepared = prepare(program, options(true, PLAIN))!;
  const model = promelaOf(program, prepared.machine, true);
  const limits = { limitMs, memoryLimitMb: MEMORY_LIMIT_MB, optimises: false };
  const run = await runSpin(model, { ...limits, reduces: false });
  if ('failure' in run) return run.failure;
  const judged = endsOf(run.output, program, prepared);
  const full = search(programOfSize(size), options(true));
  const unreduced = unreducedSearch(size);
  const { states, transitions, errors } = plain.figures;
  if (errors > 0) return `${errors} assertions`;
  if (states !== unreduced.counts.states) return `${unreduced.counts.states} states`;
  // SPIN counts the beginning as a step.
  if (transitions !== unreduced.counts.transitions + 1) return 'other steps';
  if (judged.endCount !== unreduced.endCount) return `${judged.endCount} ends`;
  return judged.ends.join('\n') === full.ends.join('\n') ? 'yes' : 'other ends';
}

function unreducedSearch(size: string) {
  const program = programOfSize(size);
  const reduced = options(false, PLAIN);
  const { machine, events, nodes } = prepare(program, reduced)!;
  return new MachineSearch(program, machine, events, nodes, reduced).run();
}

/** Judges the end states that a verifier printed, as our own engines judge theirs. */
function endsOf(output: string, program: ReturnType<typeof programOfSize>, prepared: Prepared) {
  const findings = new Findings(program, prepared.events, true);
  for (const line of output.split('\n')) {
    const end = endOf(program, prepared.machine, line);
    if (end !== null) findings.end(end);
  }
  return findings.outcome(true, { states: 0, transitions: 0, executions: 0, nodes: 0 });
}

const GROWING_HEAD = [
  'grows',
  'size',
  'states',
  'steps',
  'unfolded',
  'process',
  'job',
  'search in it',
  'MB',
];

async function grown(
  what: string,
  size: string,
  limitMs: number,
  print: (text: string) => void,
): Promise<string[]> {
  const ours = await measureApart(size, limitMs);
  if (ours === null) return [what, size, 'over the limit'];
  const row = [
    what,
    size,
    count(ours.states),
    count(ours.transitions),
    count(ours.nodes),
    time(ours.processMs),
    time(ours.warmMs ?? ours.coldMs),
    time(ours.searchMs),
    count(ours.memoryMb),
  ];
  print(row.join('  '));
  return row;
}
