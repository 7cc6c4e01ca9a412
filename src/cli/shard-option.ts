// SPDX-License-Identifier: GPL-2.0-only
// Which part of the mutants is this process to run? Told by the command line or, where none is, by
// Bazel, which starts every shard of a test with the same arguments.

import { closeSync, openSync } from 'node:fs';
import { parseShard, type Shard } from '#lab/shard';
import { UserError } from '#user-error';
import type { Option, Values } from './command.ts';
import { textOption } from './options.ts';

export const SHARD: Option = {
  type: 'string',
  value: 'K/N',
  help:
    'run only the K-th of N parts of the mutants, K from 1; ' +
    "by default what Bazel's TEST_SHARD_INDEX and TEST_TOTAL_SHARDS say",
};

export type Environment = Readonly<Record<string, string | undefined>>;

/** Null: all mutants. Throws a UserError if the shard is none. */
export function shardOption(values: Values, environment: Environment): Shard | null {
  const shard = bazelShard(environment);
  const text = textOption(values, 'shard');
  return text === null ? shard : parseShard(text);
}

/** Counted from 0. A file that is touched tells Bazel that we know about shards. */
function bazelShard(environment: Environment): Shard | null {
  const {
    TEST_SHARD_INDEX: index,
    TEST_TOTAL_SHARDS: of,
    TEST_SHARD_STATUS_FILE: status,
  } = environment;
  if (of === undefined || of === '') return null;
  if (status !== undefined && status !== '') touch(status);
  if (!/^\d{1,4}$/.test(index ?? '')) {
    throw new UserError('TEST_TOTAL_SHARDS is set, but TEST_SHARD_INDEX is no number');
  }
  return parseShard(`${Number(index) + 1}/${of}`);
}

function touch(path: string): void {
  try {
    closeSync(openSync(path, 'a'));
  } catch (error) {
    throw new UserError(`TEST_SHARD_STATUS_FILE cannot be written: ${(error as Error).message}`);
  }
}
