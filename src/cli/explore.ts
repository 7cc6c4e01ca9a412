// SPDX-License-Identifier: GPL-2.0-only
// `explore`: what happens in one scenario, under every interleaving?

import { EXITS_MAX, VCPUS_MAX } from '#lab/bounds';
import { ENGINES, type Engine, type EngineChoice } from '#lab/explored';
import { storyOf } from '#lab/story';
import { INVARIANTS, type Scenario } from '#lab/suites';
import { type Loaded, tellViolations, toldOf } from '#lab/tell';
import { runUnit, type Unit, type UnitResult, unitName, unitText } from '#lab/unit';
import { unitsOf } from '#lab/units';
import { UserError } from '#user-error';
import {
  type Exploration,
  explorationDocument,
  explorationText,
  type ToldInvariant,
} from '../report/exploration.ts';
import { jsonText } from '../report/schema.ts';
import { tableOf } from '../report/story-table.ts';
import type { Command, ExitStatus, Invocation, Values } from './command.ts';
import { chosenScenarios } from './explore-choice.ts';
import { findNamed } from './names.ts';
import {
  BUDGET_STATES,
  COMMON,
  ERA,
  erasOption,
  invariantsOption,
  isGiven,
  MEMORY_MODEL,
  memoryModelOption,
  numberOption,
  SCENARIO_HELP,
  textOption,
  VERBOSE,
} from './options.ts';
import { loadEra, loadMutant, namedInvariants } from './subjects.ts';

const BUDGET_STEPS = 10_000_000;

export const explore: Command = {
  name: 'explore',
  summary: 'explore a scenario on one system under test',
  synopsis: '[SCENARIO] [options]',
  description: [
    'Runs a scenario, or without SCENARIO all, on the port of an era or on a mutant, under ' +
      'every interleaving within the bounds of the scenario. Prints how much was explored, which ' +
      'invariants were broken, and for each the shortest schedule, as a table with the word ' +
      'that replays it.',
    'What an era is known to break is marked as known and is no violation; its table is printed ' +
      'only if SCENARIO is given.',
  ],
  options: {
    era: { ...ERA, help: `${ERA.help} (default: v3.17)` },
    mutant: { type: 'string', value: 'ID', help: 'a mutant instead of the port of an era' },
    scenario: { type: 'string', value: 'IDS', help: SCENARIO_HELP },
    invariant: {
      type: 'string',
      value: 'NAMES',
      help: 'judge only by these invariants, separated by commas',
    },
    mask: { type: 'string', value: 'MASK', help: 'only under this MMIO mask: ept or shadow' },
    'memory-model': { ...MEMORY_MODEL, help: `${MEMORY_MODEL.help}, whatever the scenario names` },
    vcpus: { type: 'string', value: 'N', help: `run N vCPUs, from 1 to ${VCPUS_MAX}` },
    updates: { type: 'string', value: 'N', help: 'make only the first N updates of the scenario' },
    exits: {
      type: 'string',
      value: 'N',
      help: `let each vCPU access memory N times, from 1 to ${EXITS_MAX}`,
    },
    engine: {
      type: 'string',
      value: 'ENGINE',
      help:
        'reduced (stored states over minimised automata, the default), plain (stored states, no ' +
        'reduction) or dpor (one execution for each order of dependent steps)',
    },
    'budget-states': BUDGET_STATES,
    'budget-steps': {
      type: 'string',
      value: 'N',
      help: `for dpor: take at most N steps in all executions (default: ${BUDGET_STEPS})`,
    },
    verbose: { ...VERBOSE, help: 'tables with every step, its function and its line' },
    ...COMMON,
  },
  exits: [
    ['0', 'everything was explored and nothing is broken that the era is not known for'],
    ['1', 'an invariant is broken'],
    ['2', 'the command was used wrongly'],
    ['3', 'a budget ran out: the answer is unknown'],
    ['130', 'interrupted'],
  ],
  examples: [
    'kvm-mutants explore mmio-cache/a-created-slot-is-seen.1v1u2f',
    'kvm-mutants explore mmio-cache/a-created-slot-is-seen.1v1u1f \\',
    '    --mutant v3.17/history/single-increment',
    'kvm-mutants explore mmio-cache/a-created-slot-is-seen.1v1u1f --engine dpor',
  ],
  args: [0, 1],
  run: execute,
};

async function execute({ values, args, output, signal }: Invocation): Promise<ExitStatus> {
  const scenarios = chosenScenarios(values, args[0] ?? null);
  const choice = engineOption(values);
  const subjects = await subjectsOption(values);
  const explorations: Exploration[] = [];
  for (const loaded of subjects) {
    const units = unitsOption(values, loaded, scenarios, choice.engine);
    if (units.length === 0) throw new UserError(`no chosen scenario is for ${loaded.era}`);
    const results: UnitResult[] = [];
    for (const unit of units) {
      if (signal.aborted) break;
      output.progress(unitText(unitName(unit)));
      results.push(judged(values, runUnit(loaded.system, unit, INVARIANTS, choice)));
      // A signal is seen between two turns of the event loop only.
      await new Promise((resolve) => setImmediate(resolve));
    }
    const isNamed = args.length > 0 || textOption(values, 'scenario') !== null;
    const told = await tellAll(loaded, units, results, isNamed, isGiven(values, 'verbose'));
    explorations.push({ loaded, engine: choice.engine, units, results, told });
  }
  output.progress('');
  if (isGiven(values, 'json')) output.result(jsonText(explorationDocument(explorations)));
  else output.result(explorations.map(explorationText).join('\n'));
  return statusOf(explorations);
}

function engineOption(values: Values): EngineChoice {
  const name = textOption(values, 'engine') ?? 'reduced';
  const engine: Engine = findNamed('engine', name, ENGINES, (known) => known);
  const budgetSteps = numberOption(values, 'budget-steps', 1, 1_000_000_000) ?? BUDGET_STEPS;
  if (engine === 'dpor' && memoryModelOption(values) === 'pso-release') {
    throw new UserError('--engine dpor explores under --memory-model sc only');
  }
  return { engine, budgetSteps };
}

async function subjectsOption(values: Values): Promise<Loaded[]> {
  const id = textOption(values, 'mutant');
  if (id === null) return Promise.all(erasOption(values, 'v3.17').map(loadEra));
  if (textOption(values, 'era') !== null) {
    throw new UserError('--mutant names its era itself: leave --era out');
  }
  return [await loadMutant(id)];
}

function unitsOption(
  values: Values,
  { era }: Loaded,
  scenarios: readonly Scenario[],
  engine: Engine,
): Unit[] {
  const mask = textOption(values, 'mask');
  if (mask !== null) findNamed('mask', mask, ['ept', 'shadow'], (known) => known);
  const memoryModel = engine === 'dpor' ? 'sc' : memoryModelOption(values);
  const forced = scenarios.map((scenario) =>
    scenario.kind === 'interleaving' && memoryModel !== null
      ? { ...scenario, memoryModels: [memoryModel] }
      : scenario,
  );
  const budgetStates = numberOption(values, 'budget-states', 1, 1_000_000_000);
  return unitsOf(era, { scenarios: forced, memoryModel: null, budgetStates }).filter(
    ({ mmio }) => mask === null || mmio === mask,
  );
}

function judged(values: Values, result: UnitResult): UnitResult {
  const names = invariantsOption(values);
  if (names.length === 0) return result;
  return { ...result, violations: result.violations.filter((v) => names.includes(v.invariant)) };
}

/** For each broken invariant the shortest schedule in the smallest unit that breaks it. */
async function tellAll(
  loaded: Loaded,
  units: readonly Unit[],
  results: readonly UnitResult[],
  wantKnown: boolean,
  isVerbose: boolean,
): Promise<ToldInvariant[]> {
  const named = await namedInvariants(loaded);
  const all = results.flatMap(({ violations, ...unit }) =>
    violations.map((v) => ({ ...unit, ...v })),
  );
  const names = [...new Set(all.map(({ invariant }) => invariant))].sort();
  return names.flatMap((name): ToldInvariant[] => {
    const own = toldOf(all, name).filter(({ isKnown }) => wantKnown || !isKnown);
    const story = storyOf(own, named, units);
    if (story === null) return [];
    const unit = units.find((candidate) => unitText(unitName(candidate)) === unitText(story))!;
    const same = own.filter((violation) => unitText(violation) === unitText(story));
    const told = tellViolations(loaded, unit, same, INVARIANTS);
    if (told === null) return [];
    const table = tableOf(loaded, unit, told, named, isVerbose);
    return [{ ...unitName(unit), invariant: name, schedule: told.schedule, table }];
  });
}

function statusOf(explorations: readonly Exploration[]): ExitStatus {
  const results = explorations.flatMap((exploration) => exploration.results);
  if (results.some(({ violations }) => violations.some(({ isKnown }) => !isKnown))) return 1;
  return results.every(({ isComplete }) => isComplete) ? 0 : 3;
}
