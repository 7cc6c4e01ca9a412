// SPDX-License-Identifier: GPL-2.0-only
// `report`: what did the shards of a run find together?

import { UserError } from '#user-error';
import { mergedShards } from '../report/shard-document.ts';
import type { Command, ExitStatus, Invocation } from './command.ts';
import { COMMON, isGiven } from './options.ts';
import { publish, REPORT, RUN_EXITS } from './run.ts';
import { readShards } from './shard-file.ts';

export const report: Command = {
  name: 'report',
  summary: 'merge the shards of a run into its reports',
  synopsis: '--merge FILE|FOLDER... [options]',
  description: [
    'Joins all shards of one run, which `run --shard K/N` wrote, in whatever order they are ' +
      'given; from a folder the files shard-K-of-N.json are taken. Writes and prints what one ' +
      'run of the whole would have written and printed, byte for byte.',
    'Shards of other sources, other options or another N are refused, and so is a list in which ' +
      'one is missing, is there twice, or was interrupted.',
  ],
  options: {
    merge: { type: 'boolean', help: 'merge shards; the only thing that this command does' },
    report: REPORT,
    ...COMMON,
  },
  exits: [...RUN_EXITS.filter(([status]) => status !== '130')],
  examples: ['kvm-mutants report --merge reports', 'kvm-mutants report --merge a.json b.json'],
  args: [0, 1000],
  run: execute,
};

async function execute(invocation: Invocation): Promise<ExitStatus> {
  const { values, args } = invocation;
  if (!isGiven(values, 'merge') || args.length === 0) {
    throw new UserError(`usage: kvm-mutants report ${report.synopsis}`);
  }
  const { choice, result } = mergedShards(readShards(args));
  return publish(invocation, choice, result);
}
