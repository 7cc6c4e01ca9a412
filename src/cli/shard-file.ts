// SPDX-License-Identifier: GPL-2.0-only
// Where do shards lie? Beside the reports that they are merged into, each named by its part.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RunChoice, RunResult } from '#lab/run';
import { UserError } from '#user-error';
import { shardText } from '../report/shard-document.ts';
import { writeFile } from './output.ts';

const NAME = /^shard-\d+-of-\d+\.json$/;

/** Writes the file of a shard. Throws a UserError if it cannot be written. */
export function writeShard(folder: string, choice: RunChoice, result: RunResult): void {
  writeFile(shardPath(folder, choice), shardText(choice, result));
}

export function shardPath(folder: string, choice: RunChoice): string {
  return join(folder, nameOf(choice));
}

function nameOf({ shard }: RunChoice): string {
  return `shard-${shard!.index}-of-${shard!.of}.json`;
}

/** The named files, and the shards in the named folders. Throws a UserError if one is not there. */
export function readShards(paths: readonly string[]): { name: string; text: string }[] {
  try {
    const files = paths.flatMap((path) => {
      if (!statSync(path).isDirectory()) return [path];
      const names = readdirSync(path).filter((name) => NAME.test(name));
      return names.map((name) => join(path, name));
    });
    return files.map((name) => ({ name, text: readFileSync(name, 'utf8') }));
  } catch (error) {
    throw new UserError(`shards cannot be read: ${(error as Error).message}`, 3);
  }
}
