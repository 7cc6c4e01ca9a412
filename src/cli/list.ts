// SPDX-License-Identifier: GPL-2.0-only
// `list`: what is there to name?

import { ERAS, INVARIANTS, SCENARIOS } from '#lab/suites';
import { jsonText, schemaOf, TOOL } from '../report/schema.ts';
import { columns, sizeWords } from '../report/texts.ts';
import type { Command, ExitStatus, Invocation } from './command.ts';
import { findNamed } from './names.ts';
import { COMMON, ERA, erasOption, isGiven } from './options.ts';

/** An item has a name first, and ends with the sentence that says what it is. */
type Item = Readonly<Record<string, string | number | readonly string[]>>;

interface Kind {
  readonly name: string;
  readonly items: (invocation: Invocation) => Promise<readonly Item[]>;
}

/** Mutants are made by parsing the ports, which nothing else here needs. */
const registry = () => import('#lab/registry');

const KINDS: readonly Kind[] = [
  {
    name: 'eras',
    items: async () =>
      ERAS.map(({ name, releases, summary }) => ({
        name,
        releases: releases.join(' to '),
        summary,
      })),
  },
  {
    name: 'invariants',
    items: async () =>
      INVARIANTS.map(({ name, number, statement }) => ({ name, number, statement })),
  },
  {
    name: 'scenarios',
    items: async () =>
      SCENARIOS.map((scenario) => ({
        name: scenario.id,
        kind: scenario.kind,
        masks: scenario.host.mmio,
        size: sizeWords(scenario),
      })),
  },
  {
    name: 'operators',
    items: async () => {
      const { operators } = await (await registry()).loadMakers();
      return operators.map(({ name, summary }) => ({ name, summary }));
    },
  },
  {
    name: 'regressions',
    items: async () => {
      const { regressions } = await (await registry()).loadMakers();
      return regressions.map(({ name, commit, subject }) => ({
        name,
        commit: commit ?? 'no id',
        subject,
      }));
    },
  },
  {
    name: 'mutants',
    items: async ({ values }) => {
      const mutants = await (await registry()).allMutants(erasOption(values, 'all'));
      return mutants.map(({ id, kind, description }) => ({ name: id, kind, description }));
    },
  },
];

/** The one kind that is computed: it takes as long as all scenarios do. */
const MATRIX = 'matrix';

export const list: Command = {
  name: 'list',
  summary: 'list what can be named',
  synopsis: 'KIND [options]',
  description: [
    `Lists names, one a line, each with what it stands for. KIND is one of ${KINDS.map(
      ({ name }) => name,
    ).join(', ')}, ${MATRIX}. Controls are listed among the mutants.`,
    `${MATRIX} says which era holds which invariant, and how each break is seen: it explores ` +
      'every scenario on the ports as they stand, which takes some ten seconds for each era.',
  ],
  options: {
    era: { ...ERA, help: 'for mutants and matrix: only this era, such as v3.17 (default: all)' },
    ...COMMON,
  },
  exits: [
    ['0', 'always, but for'],
    ['2', 'the command was used wrongly'],
    ['3', 'matrix: a budget ran out, so that something is unknown'],
  ],
  examples: [
    'kvm-mutants list invariants',
    'kvm-mutants list matrix --era v3.17',
    'kvm-mutants list mutants --era v3.17 --json',
  ],
  args: [1, 1],
  run: execute,
};

async function execute(invocation: Invocation): Promise<ExitStatus> {
  const { values, args, output } = invocation;
  if (args[0] === MATRIX) return listMatrix(invocation);
  const names = [...KINDS.map(({ name }) => name), MATRIX];
  findNamed('kind', args[0]!, names, (name) => name);
  const kind = KINDS.find(({ name }) => name === args[0])!;
  const items = await kind.items(invocation);
  if (isGiven(values, 'json')) {
    output.result(jsonText({ schema: schemaOf('list'), tool: TOOL, kind: kind.name, items }));
  } else {
    const rows = items.map((item) => Object.values(item).map(cellText));
    output.result(`${columns(rows).join('\n')}\n`);
  }
  return 0;
}

async function listMatrix(invocation: Invocation): Promise<ExitStatus> {
  const { values, output } = invocation;
  const { matrixOf } = await import('./matrix.ts');
  const { held, text, status } = await matrixOf(invocation);
  const document = { schema: schemaOf('list'), tool: TOOL, kind: MATRIX, items: held };
  output.result(isGiven(values, 'json') ? jsonText(document) : text);
  return status;
}

function cellText(value: Item[string]): string {
  return Array.isArray(value) ? value.join(',') : String(value);
}
