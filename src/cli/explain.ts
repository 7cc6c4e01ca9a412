// SPDX-License-Identifier: GPL-2.0-only
// `explain`: what does this name stand for, and why is it here?

import { explanationText } from '../report/explanation.ts';
import { jsonText, schemaOf, TOOL } from '../report/schema.ts';
import type { Command, ExitStatus, Invocation } from './command.ts';
import { explanationsOf } from './explanations.ts';
import { COMMON, isGiven } from './options.ts';

export const explain: Command = {
  name: 'explain',
  summary: 'say what a name stands for',
  synopsis: 'ID [options]',
  description: [
    'Explains an era, an invariant (by name or number), an operator, a regression, a mutant, a ' +
      'scenario, or a commit of the kernel by the first 12 hex digits of its id. A name that ' +
      'stands for several things is explained as each of them.',
  ],
  options: { ...COMMON },
  exits: [
    ['0', 'the name is known'],
    ['2', 'it is not; the nearest ones are named'],
  ],
  examples: [
    'kvm-mutants explain stale-after-update',
    'kvm-mutants explain ee3d1570b586',
    'kvm-mutants explain v3.17/install_new_memslots/no-sync.1',
  ],
  args: [1, 1],
  run: execute,
};

async function execute({ values, args, output }: Invocation): Promise<ExitStatus> {
  const explanations = await explanationsOf(args[0]!);
  if (isGiven(values, 'json')) {
    output.result(jsonText({ schema: schemaOf('explanation'), tool: TOOL, explanations }));
  } else output.result(explanations.map(explanationText).join('\n'));
  return 0;
}
