// SPDX-License-Identifier: GPL-2.0-only
// In which units is a system under test run? In every scenario that is for its era, under every
// mask and every memory model that the scenario names.

import type { MemoryModel, RulesName } from '#vocabulary';
import type { Scenario } from './suites.ts';
import type { Unit } from './unit.ts';

export interface UnitChoice {
  readonly scenarios: readonly Scenario[];
  /** Only this one; null: those that each scenario names. */
  readonly memoryModel: MemoryModel | null;
  /** Most states to store; null: as many as the scenario says. */
  readonly budgetStates: number | null;
}

/** The units of an era, in the order of the scenarios. */
export function unitsOf(era: RulesName, choice: UnitChoice): Unit[] {
  return choice.scenarios
    .filter(({ eras }) => eras === null || eras.includes(era))
    .flatMap((scenario) =>
      scenario.host.mmio.flatMap((mmio) =>
        modelsOf(scenario)
          .filter((model) => choice.memoryModel === null || model === choice.memoryModel)
          .map((memoryModel) => ({
            scenario,
            mmio,
            memoryModel,
            budgetStates: choice.budgetStates,
          })),
      ),
    );
}

/** The memory models of a scenario. A sequence has one thread, so all of them are alike there. */
export function modelsOf(scenario: Scenario): readonly MemoryModel[] {
  return scenario.kind === 'sequential' ? ['sc'] : scenario.memoryModels;
}
