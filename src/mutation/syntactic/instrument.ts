// SPDX-License-Identifier: GPL-2.0-only
// Which mutants does Stryker make of a file? Its instrumenter is used as a library: the text goes
// in, places and replacements come out. Nobody runs the instrumented text.

import type { Logger } from '@stryker-mutator/api/logging';
import { Instrumenter } from '@stryker-mutator/instrumenter';
import { type BabelPath, labelReason } from './labels.ts';

/** One replacement as Stryker makes it. Offsets count UTF-16 units of the text. */
export interface SyntacticChange {
  /** Stryker's name for the rule, such as `EqualityOperator`. */
  readonly mutator: string;
  readonly start: number;
  readonly end: number;
  /** As Stryker prints it: parentheses that only its syntax tree has are not there. */
  readonly replacement: string;
}

/** What Stryker makes of one text, in its own order; what is to be left alone is left out. */
export async function syntacticChanges(path: string, text: string): Promise<SyntacticChange[]> {
  const lines = lineStarts(text);
  const offsetOf = ({ line, column }: Position) => lines[line]! + column;
  const { mutants } = await new Instrumenter(SILENT).instrument(
    [{ name: path, content: text, mutate: true }],
    {
      ignorers: [{ shouldIgnore: (node) => labelReason(node as BabelPath) }],
      excludedMutations: [],
      plugins: null,
      noHeader: true,
    },
  );
  return mutants
    .filter(({ status }) => status !== 'Ignored')
    .map(({ mutatorName, location, replacement }) => ({
      mutator: mutatorName,
      start: offsetOf(location.start),
      end: offsetOf(location.end),
      replacement: replacement!,
    }));
}

interface Position {
  /** Both count from 0. */
  readonly line: number;
  readonly column: number;
}

/** Offsets at which lines begin. */
export function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

const quiet = () => undefined;
const no = () => false;
/** A logger of Stryker that says nothing. */
export const SILENT: Logger = {
  isTraceEnabled: no,
  isDebugEnabled: no,
  isInfoEnabled: no,
  isWarnEnabled: no,
  isErrorEnabled: no,
  isFatalEnabled: no,
  trace: quiet,
  debug: quiet,
  info: quiet,
  warn: quiet,
  error: quiet,
  fatal: quiet,
};
