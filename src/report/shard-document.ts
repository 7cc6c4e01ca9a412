// SPDX-License-Identifier: GPL-2.0-only
// What does a shard leave for the others? All that it found, so that whoever has every part can
// print what one run of the whole would have printed, byte for byte.

import { createHash } from 'node:crypto';
import { decode, encode } from '#lab/codec';
import { controlProblems } from '#lab/controls';
import { packedUnits, type UnitRecord, unpackedUnits } from '#lab/packed';
import type { BaselineRun, MutantRun, RunChoice, RunResult } from '#lab/run';
import { joined, SHARDS_MAX, type Shard } from '#lab/shard';
import { SCENARIOS } from '#lab/suites';
import { UserError } from '#user-error';
import { type Schema, schemaOf } from './schema.ts';

/** What of the choice is the same in every shard. */
type Common = Omit<RunChoice, 'shard' | 'scenarios'> & { readonly scenarios: readonly string[] };

interface ShardDocument {
  readonly schema: Schema;
  readonly shard: Shard;
  readonly choice: Common;
  readonly result: Omit<RunResult, 'mutants'> & {
    readonly mutants: readonly (Omit<MutantRun, 'units'> & {
      readonly units: readonly UnitRecord[];
    })[];
  };
}

/** Parts of a run, as the run of the whole would have them. */
export interface Merged {
  readonly choice: RunChoice;
  readonly result: RunResult;
}

export function shardText(choice: RunChoice, result: RunResult): string {
  const { shard, scenarios, ...rest } = choice;
  if (shard === null) throw new Error('the whole is no shard');
  const baseline = baselinesByEra(result.baselines);
  const document: ShardDocument = {
    schema: schemaOf('shard'),
    shard,
    choice: { ...rest, scenarios: scenarios.map(({ id }) => id) },
    result: {
      ...result,
      mutants: result.mutants.map((run) => ({
        ...run,
        units: packedUnits(run.units, baseline(run.mutant.era)),
      })),
    },
  };
  return signed(encode(document));
}

/** The text of an object, with a sum of all before it as its last field. */
function signed(text: string): string {
  return `${text.slice(0, -1)},"sum":"${sumOf(text)}"}\n`;
}

/** True for the text that signed() made: who reads it need not doubt what is inside. */
function isSigned(text: string): boolean {
  const [, body, sum] = /^(.*),"sum":"([0-9a-f]{16})"\}\n?$/s.exec(text) ?? [];
  return body !== undefined && sumOf(`${body}}`) === sum;
}

function sumOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** A shard by the name of its file. */
interface Part {
  readonly name: string;
  readonly document: ShardDocument;
}

/**
 * Joins all shards of one run. Throws a UserError if one is missing, is there twice, was ended
 * early, or is of another run.
 */
export function mergedShards(files: readonly { name: string; text: string }[]): Merged {
  const parts = files
    .map(({ name, text }): Part => ({ name, document: parsed(name, text) }))
    .sort((a, b) => a.document.shard.index - b.document.shard.index);
  const [first] = parts;
  if (first === undefined) throw new UserError('there is no shard to merge', 3);
  checkOneRun(parts, first);
  const results = parts.map(({ document }) => document.result);
  const { sources, regressions, refused, baselines } = first.document.result;
  const baseline = baselinesByEra(baselines);
  const mutants = joined(
    results.map((result) =>
      result.mutants.map((run) => ({
        ...run,
        units: unpackedUnits(run.units, baseline(run.mutant.era)),
      })),
    ),
  );
  const { scenarios: ids, ...rest } = first.document.choice;
  const scenarios = SCENARIOS.filter(({ id }) => ids.includes(id));
  const choice = { ...rest, scenarios, shard: null };
  // A run that was void before its first mutant says why in every shard.
  const isVoid = mutants.length === 0;
  const problems = isVoid
    ? first.document.result.problems
    : controlProblems(mutants, choice.isWhole);
  const none = { pairs: [], pairing: null };
  const found = { sources, regressions, refused, baselines, mutants, ...none, problems };
  return { choice, result: { ...found, isInterrupted: false } };
}

function checkOneRun(parts: readonly Part[], first: Part): void {
  const { of } = first.document.shard;
  for (const { name, document } of parts) {
    if (commonText(document) !== commonText(first.document)) {
      throw new UserError(`${name} and ${first.name} are not shards of one run`, 3);
    }
    if (document.result.isInterrupted) {
      throw new UserError(`${name} is not whole: its run was interrupted; run it again`, 3);
    }
  }
  parts.forEach(({ name, document }, i) => {
    if (parts[i + 1]?.document.shard.index === document.shard.index) {
      throw new UserError(`${name} and ${parts[i + 1]!.name} are the same shard`, 3);
    }
  });
  const there = new Set(parts.map(({ document }) => document.shard.index));
  const missing = Array.from({ length: of }, (_, i) => i + 1).filter((k) => !there.has(k));
  if (missing.length === 0) return;
  const which = missing.map((k) => `${k}/${of}`).join(', ');
  throw new UserError(`missing: ${missing.length === 1 ? 'shard' : 'shards'} ${which}`, 3);
}

/** What must be equal in all shards: sources, choice, and what the ports do. */
function commonText({ schema, shard, choice, result }: ShardDocument): string {
  const { sources, regressions, refused, baselines, mutants, problems } = result;
  const voids = mutants.length === 0 ? problems : [];
  return encode([schema, shard.of, choice, sources, regressions, refused, baselines, voids]);
}

function baselinesByEra(baselines: readonly BaselineRun[]) {
  return (era: string) => baselines.find((baseline) => baseline.era === era)?.units ?? [];
}

/** Throws a UserError unless it is a shard of this version. */
function parsed(name: string, text: string): ShardDocument {
  let value: unknown;
  try {
    value = decode(text);
  } catch {
    throw new UserError(`${name} is no shard: it is not JSON, or not all of it`, 3);
  }
  const { schema, shard, choice, result } = (value ?? {}) as Partial<ShardDocument>;
  const wanted = schemaOf('shard');
  if (schema?.name !== wanted.name || schema.version !== wanted.version) {
    throw new UserError(`${name} is no shard: its schema is not ${wanted.name} 1`, 3);
  }
  const isWhole =
    isShard(shard) &&
    Array.isArray(choice?.scenarios) &&
    [result?.baselines, result?.mutants, result?.problems].every(Array.isArray);
  if (!isWhole) throw new UserError(`${name} is no shard: parts of it are missing`, 3);
  if (!isSigned(text)) throw new UserError(`${name} was changed after it had been written`, 3);
  return value as ShardDocument;
}

function isShard(shard: Partial<Shard> | undefined): boolean {
  const { index = 0, of = 0 } = shard ?? {};
  const isOneOf = Number.isInteger(index) && Number.isInteger(of) && index >= 1 && index <= of;
  return isOneOf && of <= SHARDS_MAX;
}
