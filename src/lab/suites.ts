// SPDX-License-Identifier: GPL-2.0-only
// Which scenarios, invariants and eras are there? This is the one door from src/ to suites/ and to
// the table of eras: everything else is handed values.

import { ERAS, type Era } from '../../reference/eras.ts';
import { rulesNameOf } from '../../suites/era-rules.ts';
import { settled } from '../../suites/guest.ts';
import type { Invariant } from '../../suites/invariant.ts';
import { breaksOf } from '../../suites/judgement.ts';
import { LARGER } from '../../suites/larger.ts';
import { LARGER_SEQUENCE } from '../../suites/larger-sequence.ts';
import { type MemoryMap, setMemoryRegion } from '../../suites/memory-map.ts';
import { programOf } from '../../suites/program.ts';
import { INTERNAL } from '../../suites/recorded.ts';
import { loadInvariants, loadScenarios } from '../../suites/registry.ts';
import type { InterleavingScenario, Scenario, SequentialScenario } from '../../suites/scenario.ts';
import { claimOf, hostOf, otherText, sizeOf } from '../../suites/scenario.ts';
import { scenarioFile } from '../../suites/scenario-file.ts';
import { runSequential, type SequentialRun } from '../../suites/sequential.ts';

export type {
  Era,
  InterleavingScenario,
  Invariant,
  MemoryMap,
  Scenario,
  SequentialRun,
  SequentialScenario,
};
export {
  breaksOf,
  claimOf,
  ERAS,
  hostOf,
  INTERNAL,
  otherText,
  programOf,
  rulesNameOf,
  runSequential,
  scenarioFile,
  setMemoryRegion,
  settled,
  sizeOf,
};

/** All invariants, sorted by name. */
export const INVARIANTS: readonly Invariant[] = await loadInvariants();

/** All scenarios, sorted by id. */
export const SCENARIOS: readonly Scenario[] = await loadScenarios();

/** Scenarios in which ports and mutants are compared, and that hold no claim. */
export const LARGER_SCENARIOS: readonly Scenario[] = [...LARGER, LARGER_SEQUENCE];
