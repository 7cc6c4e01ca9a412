// SPDX-License-Identifier: GPL-2.0-only
// What does a program read that wants the result of a run? One versioned document, sorted, without
// clock times: the same run gives the same bytes.

import type { Pairing } from '#lab/pairs';
import type { BaselineRun, MutantRun, RunChoice, RunResult } from '#lab/run';
import type { Scenario } from '#lab/suites';
import type { Kill } from '#lab/verdict';
import type { Witness } from '#lab/witness';
import { unitCounts } from './matrix.ts';
import { type Schema, schemaOf, TOOL } from './schema.ts';
import { scoreOf } from './score.ts';

export interface VerdictEntry {
  readonly id: string;
  readonly era: string;
  readonly kind: string;
  readonly verdict: string;
  /** The kill that tells the story. */
  readonly invariant?: string;
  readonly scenario?: string;
  readonly mmio?: string;
  readonly memoryModel?: string;
  readonly schedule?: string;
  readonly reason?: string;
  /** Of a mutant that lived: how somebody outside can tell it from the port. */
  readonly witness?: object;
  readonly sameAs?: string;
  /**
   * In how many units it was run, in how many the port never enters the code that it edits, and
   * how many were not needed for the verdict.
   */
  readonly units: { readonly run: number; readonly notReached: number; readonly spared: number };
  readonly kills: readonly Kill[];
}

export interface VerdictsDocument {
  readonly schema: Schema;
  readonly tool: typeof TOOL;
  /** Hash of the sources, and of the options that choose what is run and judged. */
  readonly sources: string;
  readonly bounds: readonly object[];
  readonly memoryModel: readonly string[];
  readonly counts: object;
  /** Why there is no score; empty for a sound run. */
  readonly problems: readonly string[];
  readonly isInterrupted: boolean;
  /** True if no mutant was spared a unit; else one without a kill may not have been run. */
  readonly isComplete: boolean;
  readonly baseline: readonly object[];
  readonly verdicts: readonly VerdictEntry[];
  /** Two mutants at once, where they were asked for. No count has them. */
  readonly pairs?: readonly VerdictEntry[];
  /** Pairs that were not run. */
  readonly pairing?: Pairing;
}

export function verdictsDocument(
  result: RunResult,
  { scenarios, isComplete }: Pick<RunChoice, 'scenarios' | 'isComplete'>,
): VerdictsDocument {
  const all = [...result.baselines, ...result.mutants].flatMap((subject) => subject.units);
  const units = all.filter(({ skipped }) => skipped === undefined);
  const total = (of: 'states' | 'transitions' | 'nodes' | 'checks') =>
    units.reduce((sum, unit) => sum + unit.counts[of], 0);
  const { of, ...score } = scoreOf(result.mutants);
  return {
    schema: schemaOf('verdicts'),
    tool: TOOL,
    sources: result.sources,
    bounds: scenarios.map(boundsEntry),
    memoryModel: [...new Set(units.map(({ memoryModel }) => memoryModel))].sort(),
    counts: {
      ...of,
      ...score,
      ...syntacticCounts(result),
      units: units.length,
      notReached: all.length - units.length,
      states: total('states'),
      transitions: total('transitions'),
      nodes: total('nodes'),
      checks: total('checks'),
    },
    problems: result.problems.map(({ text }) => text),
    isInterrupted: result.isInterrupted,
    isComplete,
    baseline: result.baselines.flatMap(baselineEntries),
    verdicts: entriesOf(result.mutants),
    ...(result.pairing === null ? {} : { pairs: entriesOf(result.pairs), pairing: result.pairing }),
  };
}

/** Of the mutants that Stryker's rules make; nothing if there are none. */
function syntacticCounts({ mutants, refused }: RunResult): object {
  const { of, detected, judged } = scoreOf(mutants, 'syntactic');
  if (judged + refused.length === 0) return {};
  return { syntactic: { ...of, detected, judged, refused: refused.length } };
}

/** The size of a scenario. */
export function boundsEntry(scenario: Scenario): object {
  const { id, kind, host } = scenario;
  if (scenario.kind === 'sequential') return { id, kind, mmio: host.mmio };
  const { vcpus, updates, exits, memoryModels, budgetStates } = scenario;
  const size = { vcpus, updates: updates.length, exits: exits.length };
  return { id, kind, ...size, mmio: host.mmio, memoryModels, budgetStates };
}

function baselineEntries({ era, units }: BaselineRun): object[] {
  return units.map((unit) => ({ era, ...unit }));
}

/** The table and the scenario are files of their own. */
function witnessEntry({ text: _table, scenarioFile: _scenario, ...witness }: Witness): object {
  return witness;
}

function entriesOf(runs: readonly MutantRun[]): VerdictEntry[] {
  return runs.map(verdictEntry).sort((a, b) => (a.id < b.id ? -1 : 1));
}

function verdictEntry(mutantRun: MutantRun): VerdictEntry {
  const { mutant, verdict, story, witness } = mutantRun;
  const { id, era, kind, sameAs } = mutant;
  const [run, notReached, spared] = unitCounts(mutantRun);
  const { scenario, mmio, memoryModel, invariant } = story?.kill ?? {};
  return {
    id,
    era,
    kind,
    verdict: verdict.verdict,
    ...(invariant === undefined ? {} : { invariant }),
    ...(scenario === undefined ? {} : { scenario }),
    ...(mmio === undefined ? {} : { mmio }),
    ...(memoryModel === undefined ? {} : { memoryModel }),
    ...(story?.schedule == null ? {} : { schedule: story.schedule }),
    ...(verdict.reason === '' ? {} : { reason: verdict.reason }),
    ...(witness === null ? {} : { witness: witnessEntry(witness) }),
    ...(sameAs === null ? {} : { sameAs }),
    units: { run, notReached, spared },
    kills: verdict.kills,
  };
}
