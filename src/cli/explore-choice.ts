// SPDX-License-Identifier: GPL-2.0-only
// Which scenarios are to be explored, and how large? All, those that are named, or one at another
// size.

import { atSize } from '#lab/bounds';
import { SCENARIOS, type Scenario } from '#lab/suites';
import { UserError } from '#user-error';
import type { Values } from './command.ts';
import { numberOption, scenariosNamed, scenariosOption } from './options.ts';

const BOUND_MAX = 999;

/** `named`: the argument, or null. Throws a UserError if bounds do not fit what is chosen. */
export function chosenScenarios(values: Values, named: string | null): readonly Scenario[] {
  const listed = scenariosOption(values);
  if (named !== null && listed !== null) {
    throw new UserError('name scenarios as the argument or by --scenario, not both');
  }
  const scenarios = named === null ? (listed ?? SCENARIOS) : scenariosNamed(named);
  const [vcpus, updates, exits] = ['vcpus', 'updates', 'exits'].map((name) =>
    numberOption(values, name, 0, BOUND_MAX),
  );
  if (vcpus === null && updates === null && exits === null) return scenarios;
  const [scenario] = scenarios;
  if (scenario === undefined || scenarios.length > 1) {
    throw new UserError('--vcpus, --updates and --exits need one scenario, named with its size');
  }
  if (scenario.kind === 'sequential') {
    throw new UserError(`${scenario.id} has one thread: it takes no --vcpus, --updates or --exits`);
  }
  return [
    atSize(scenario, {
      vcpus: vcpus ?? scenario.vcpus,
      updates: updates ?? scenario.updates.length,
      exits: exits ?? scenario.exits.length,
    }),
  ];
}
