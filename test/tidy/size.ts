// SPDX-License-Identifier: GPL-2.0-only
// How long may things be, and how does a file begin?

import { posix } from 'node:path';
import { at, code, nodesOf, type Rule, type Source, ts } from './source.ts';

const FILE_LINES_MAX = 300;
const FUNCTION_LINES_MAX = 70;
const COLUMNS_MAX = 100;

/** A port is as long as its C. */
const isExempt = ({ path }: Source) => path.startsWith('reference/');

export const shortFiles: Rule = (sources) =>
  code(sources)
    .filter((source) => !isExempt(source) && source.lines.length - 1 > FILE_LINES_MAX)
    .map(({ path, lines }) => `${path}: ${lines.length - 1} lines`);

export const shortFunctions: Rule = (sources) =>
  code(sources)
    .filter((source) => !isExempt(source))
    .flatMap((source) =>
      nodesOf(source)
        .filter((node) => ts.isFunctionLike(node))
        .flatMap((node) => {
          const line = (position: number) =>
            source.tree!.getLineAndCharacterOfPosition(position).line;
          const lines = line(node.getEnd()) - line(node.getStart(source.tree!)) + 1;
          return lines > FUNCTION_LINES_MAX ? [at(source, node, `${lines} lines`)] : [];
        }),
    );

/** The path of a file cannot be broken. */
const isImport = (line: string) => / from '[^']+';$/.test(line);

export const shortLines: Rule = (sources) =>
  code(sources).flatMap(({ path, lines }) =>
    lines.flatMap((line, i) =>
      [...line].length > COLUMNS_MAX && !isImport(line)
        ? [`${path}:${i + 1}: ${[...line].length} columns`]
        : [],
    ),
  );

const SPDX = 'SPDX-License-Identifier: GPL-2.0-only';

/** Source files say their licence on the first line, or on the second after `#!`. */
export const licenceLine: Rule = (sources) =>
  sources
    .filter(({ path, tree }) => tree !== null || posix.extname(path) === '.sh')
    .filter(({ lines }) => {
      const first = lines[0]?.startsWith('#!') === true ? lines[1] : lines[0];
      return first?.replace(/^(\/\/|#) /, '') !== SPDX;
    })
    .map(({ path }) => `${path}: no SPDX line`);

/**
 * Unfinished work is not committed. The word is put together, or this file would break the rule.
 */
export const noFixme: Rule = (sources) => {
  const word = new RegExp(`\\b(${['FIX', 'ME'].join('')}|${['XX', 'X'].join('')})\\b`);
  return sources.flatMap(({ path, lines }) =>
    lines.flatMap((line, i) => (word.test(line) ? [`${path}:${i + 1}: unfinished`] : [])),
  );
};
