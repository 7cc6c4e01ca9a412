// SPDX-License-Identifier: GPL-2.0-only
// `replay`: what happens under the schedule that was printed?

import { replay as replaySchedule } from '#explorer/replay';
import { parseSchedule, type Schedule } from '#explorer/schedule';
import { atSize, parseBounds } from '#lab/bounds';
import { freshProgram } from '#lab/fresh-program';
import { sourcesHash } from '#lab/sources';
import { storyInvariant } from '#lab/story';
import { INVARIANTS, type InterleavingScenario } from '#lab/suites';
import { breaksOneOf, type Told, toldOf } from '#lab/tell';
import { type Unit, type Violation, violationsOf } from '#lab/unit';
import { UserError } from '#user-error';
import { replayDocument } from '../report/replay-document.ts';
import { jsonText } from '../report/schema.ts';
import { tableOf } from '../report/story-table.ts';
import type { Command, ExitStatus, Invocation, Values } from './command.ts';
import { findNamed, unknownName } from './names.ts';
import { COMMON, isGiven, replayableNamed, textOption, VERBOSE } from './options.ts';
import { loadSubject, namedInvariants } from './subjects.ts';

export const replay: Command = {
  name: 'replay',
  summary: 'replay a schedule and print its table again',
  synopsis: 'SCHEDULE [options]',
  description: [
    'Executes exactly the steps of a schedule that another command printed, and prints the same ' +
      'table. A schedule names what it belongs to: the era or mutant, the scenario, the memory ' +
      'model, the size and mask, the turns of the threads, and a hash of the sources that it was ' +
      'found on. If one of them is not what is here, nothing is executed and the part is named.',
  ],
  options: {
    invariant: {
      type: 'string',
      value: 'NAME',
      help: 'the invariant that the table is about, if the schedule breaks more than one',
    },
    verbose: { ...VERBOSE, help: 'every step, with its function and its line' },
    ...COMMON,
  },
  exits: [
    ['0', 'no invariant is broken under the schedule'],
    ['1', 'the schedule breaks an invariant, be it known of the era or not'],
    ['2', 'the schedule is not well formed, or belongs to something else'],
    ['3', 'the threads cannot take these turns'],
  ],
  examples: [
    'kvm-mutants replay v3.17@mmio-cache/a-created-slot-is-seen.1v1u1f@sc@1v1u1f-ept@0.5@8d2c70aa',
  ],
  args: [1, 1],
  run: execute,
};

async function execute({ values, args, output }: Invocation): Promise<ExitStatus> {
  const [text] = args as [string];
  const schedule = parseSchedule(text);
  const loaded = await loadSubject(schedule.subject);
  const unit = unitOf(schedule);
  const hash = sourcesHash(loaded.era, loaded.mutant);
  if (hash !== schedule.hash) {
    throw new UserError(
      `the schedule belongs to other sources: its hash is ${schedule.hash}, ` +
        `and that of ${schedule.subject} and the suites is ${hash} here`,
    );
  }
  const program = freshProgram(loaded.system, unit.scenario, unit);
  const replayed = replaySchedule(program, schedule.turns, schedule.memoryModel);
  const violations = violationsOf(INVARIANTS, loaded.era, replayed.events, schedule.scenario);
  const named = await namedInvariants(loaded);
  const invariant = invariantOption(values, violations) ?? storyInvariant(violations, named);
  const told: Told = {
    invariant: invariant ?? 'no invariant',
    schedule: text,
    replayed,
    breaks: breaksOneOf(loaded.era, toldOf(violations, invariant ?? ''), INVARIANTS),
  };
  if (isGiven(values, 'json')) {
    output.result(jsonText(replayDocument(schedule, text, violations, replayed)));
  } else output.result(tableOf(loaded, unit, told, named, isGiven(values, 'verbose')));
  return violations.length > 0 ? 1 : 0;
}

/** What the schedule was found in. Throws a UserError that names the part that is not here. */
function unitOf(schedule: Schedule): Unit & { readonly scenario: InterleavingScenario } {
  const scenario = replayableNamed(schedule.scenario);
  if (scenario.kind === 'sequential') {
    throw new UserError(`${scenario.id} has one thread, so no schedule belongs to it`);
  }
  const { size, mmio } = parseBounds(schedule.bounds);
  if (!scenario.host.mmio.includes(mmio)) {
    throw new UserError(`${scenario.id} is not run under the ${mmio} mask`);
  }
  const { memoryModel } = schedule;
  return { scenario: atSize(scenario, size), mmio, memoryModel, budgetStates: null };
}

function invariantOption(values: Values, violations: readonly Violation[]): string | null {
  const name = textOption(values, 'invariant');
  if (name === null) return null;
  findNamed('invariant', name, INVARIANTS, (invariant) => invariant.name);
  const broken = violations.map(({ invariant }) => invariant);
  if (!broken.includes(name)) throw unknownName('violation in this schedule of', name, broken);
  return name;
}
