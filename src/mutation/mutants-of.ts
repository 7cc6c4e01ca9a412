// SPDX-License-Identifier: GPL-2.0-only
// How is an operator tested? One line in, as many lines out as it makes mutants.

import { applyEdits } from './edits.ts';
import { mutantsOfOperator } from './make.ts';
import type { Operator } from './mutant.ts';
import { readPort } from './port.ts';

const FILE = 'v3.17/port.ts';

/**
 * The mutants of statements that stand in a function, one line each, in order of their places.
 * `head` is for operators that look at the function's name or parameters.
 */
export function mutantsOf(
  operator: Operator,
  statements: string,
  head = 'function port()',
): string[] {
  const [before, after] = [`${head} {`, '}'];
  return mutantsOfText(operator, `${before}\n${statements}\n${after}`).map((mutated) =>
    oneLine(mutated.slice(before.length, -after.length)),
  );
}

/** The mutants of a whole file, one line each. */
export function mutantsOfFile(operator: Operator, text: string): string[] {
  return mutantsOfText(operator, text).map(oneLine);
}

function mutantsOfText(operator: Operator, text: string): string[] {
  const port = readPort('v3.17', (path) => (path === FILE ? text : `import '../${FILE}';`));
  return mutantsOfOperator(port, operator).map(({ edits }) => applyEdits(text, edits));
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
