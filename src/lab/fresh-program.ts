// SPDX-License-Identifier: GPL-2.0-only
// What does an engine get to explore? The program of a unit in a new world: each exploration and
// each replay uses its world up.

import type { Program } from '#explorer/program';
import type { HostConfig, MemoryModel, SystemUnderTest } from '#vocabulary';
import { hostOf, type InterleavingScenario, programOf } from './suites.ts';

export function freshProgram(
  system: SystemUnderTest,
  scenario: InterleavingScenario,
  { mmio, memoryModel }: { readonly mmio: HostConfig['mmio']; readonly memoryModel: MemoryModel },
  wantLogs = false,
): Program {
  return programOf(system, scenario, {
    host: hostOf(scenario.host, mmio),
    memoryModel,
    wantLogs,
  });
}
