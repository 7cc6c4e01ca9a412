// SPDX-License-Identifier: GPL-2.0-only
// How is any scenario run, whatever its kind? One answer for tests, for the lab and for the command
// line: the events, how much was looked at, and whether that was all there is.

import type { RunEvent } from '#explorer/run';
import { search } from '#explorer/search';
import type { HostConfig, MemoryModel, RulesName, SystemUnderTest } from '#vocabulary';
import { programOf } from './program.ts';
import { hostOf, type Scenario } from './scenario.ts';
import { runSequential } from './sequential.ts';

/** One way to run a scenario. */
export interface Setting {
  readonly mmio: HostConfig['mmio'];
  readonly memoryModel: MemoryModel;
}

export interface ScenarioRun {
  readonly events: readonly RunEvent[];
  /** False if the budget ran out: what was not found may still be there. */
  readonly isComplete: boolean;
  /** States explored, or single checks made. */
  readonly size: number;
}

/** Can the scenario tell something about the era? */
export function concerns(scenario: Scenario, era: RulesName): boolean {
  return scenario.eras === null || scenario.eras.includes(era);
}

/** All settings that a scenario asks for. */
export function settingsOf(scenario: Scenario): readonly Setting[] {
  const memoryModels = scenario.kind === 'interleaving' ? scenario.memoryModels : ['sc' as const];
  return memoryModels.flatMap((memoryModel) =>
    scenario.host.mmio.map((mmio) => ({ mmio, memoryModel })),
  );
}

/** Runs a scenario in one setting, within its own budget of states. */
export function runScenario(
  system: SystemUnderTest,
  scenario: Scenario,
  { mmio, memoryModel }: Setting,
): ScenarioRun {
  if (scenario.kind === 'sequential') {
    const { events, checked } = runSequential(system, scenario, mmio);
    return { events, isComplete: true, size: checked };
  }
  const host = hostOf(scenario.host, mmio);
  const program = programOf(system, scenario, { host, memoryModel, wantLogs: false });
  const { budgetStates } = scenario;
  const found = search(program, { memoryModel, budgetStates, wantEnds: false });
  return { events: found.events, isComplete: found.isComplete, size: found.counts.states };
}
