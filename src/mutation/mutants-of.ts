// SPDX-License-Identifier: GPL-2.0-only
// How is an operator tested? One line in, as many lines out as it makes mutants.

import { applyEdits } from './edits.ts';
import { mutantsOfOperator } from './make.ts';
import type { Operator } from './mutant.ts';
import { readPort } from './port.ts';

const FILE = 'v3.17/port.ts';

/** The mutants of statements that stand in a function, one line each, in order of their places. */
export function mutantsOf(operator: Operator, statements: string): string[] {
  const [before, after] = ['function port() {', '}'];
  const text = `${before}\n${statements}\n${after}\n`;
  const port = readPort('v3.17', (path) => (path === FILE ? text : `import '../${FILE}';`));
  return mutantsOfOperator(port, operator).map(({ edits }) => {
    const mutated = applyEdits(text, edits).trim();
    return mutated.slice(before.length, -after.length).replace(/\s+/g, ' ').trim();
  });
}
