// SPDX-License-Identifier: GPL-2.0-only
// What did an exploration find? Counts and broken invariants for each unit, then one table for each
// invariant; and the same as a document.

import type { Engine } from '#lab/explored';
import type { Loaded } from '#lab/tell';
import { type Unit, type UnitName, type UnitResult, violationText } from '#lab/unit';
import { notCheckedText } from './not-checked.ts';
import { schemaOf, TOOL } from './schema.ts';
import { countText, sizeText, wrapText } from './texts.ts';
import { boundsEntry } from './verdicts-document.ts';

/** The shortest schedule that breaks an invariant, and its table. */
export interface ToldInvariant extends UnitName {
  readonly invariant: string;
  readonly schedule: string;
  readonly table: string;
}

/** What was done with one system under test. */
export interface Exploration {
  readonly loaded: Loaded;
  readonly engine: Engine;
  readonly units: readonly Unit[];
  /** One for each unit; fewer if it was interrupted. */
  readonly results: readonly UnitResult[];
  readonly told: readonly ToldInvariant[];
}

export function explorationText({ loaded, engine, units, results, told }: Exploration): string {
  const { era, mutant } = loaded;
  const about = mutant === null ? [] : wrapText(mutant.description, 78).map((line) => `  ${line}`);
  const head = [mutant === null ? `port ${era}` : `mutant ${mutant.id}`, ...about].join('\n');
  return [
    `${head}\nengine ${engine}`,
    ...results.map((result, i) => unitLines(units[i]!, result)),
    ...told.map(({ table }) => table.trimEnd()),
    totalText(results),
    notCheckedText([era]).trimEnd(),
    '',
  ]
    .join('\n\n')
    .replace(/\n+$/, '\n');
}

function unitLines(unit: Unit, result: UnitResult): string {
  const model = unit.scenario.kind === 'sequential' ? '' : `, ${unit.memoryModel}`;
  return [
    `${result.scenario}: ${sizeText(unit)}${model}`,
    `  ${countsText(result)}`,
    ...result.violations.map(
      (violation) => `  ${violation.isKnown ? 'known ' : 'BREAKS'} ${violationText(violation)}`,
    ),
  ].join('\n');
}

function countsText({ counts, isComplete, reason }: UnitResult): string {
  const { states, transitions, executions, nodes, checks } = counts;
  const end = isComplete ? 'complete' : `UNKNOWN: ${reason}`;
  if (checks > 0) return `${countText(checks, 'check')}, ${end}`;
  const explored =
    executions > 0
      ? [countText(executions, 'order'), countText(transitions, 'step')]
      : [countText(states, 'state'), countText(transitions, 'transition')];
  return [...explored, countText(nodes, 'node'), end].join(', ');
}

function totalText(results: readonly UnitResult[]): string {
  const all = results.flatMap(({ violations }) => violations);
  const news = new Set(all.filter(({ isKnown }) => !isKnown).map(violationText)).size;
  const known = new Set(all.filter(({ isKnown }) => isKnown).map(violationText)).size;
  const open = results.filter(({ isComplete }) => !isComplete).length;
  return [
    countText(results.length, 'exploration'),
    countText(news, 'violation'),
    countText(known, 'known break'),
    ...(open === 0 ? [] : [`${open} unknown`]),
  ].join(', ');
}

export function explorationDocument(explorations: readonly Exploration[]): object {
  const scenarios = new Map(
    explorations.flatMap(({ units }) => units.map(({ scenario }) => [scenario.id, scenario])),
  );
  return {
    schema: schemaOf('exploration'),
    tool: TOOL,
    bounds: [...scenarios.values()].map(boundsEntry),
    explorations: explorations.map(({ loaded, engine, results, told }) => ({
      subject: loaded.mutant?.id ?? loaded.era,
      engine,
      units: results,
      counterexamples: told,
    })),
  };
}
