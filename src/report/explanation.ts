// SPDX-License-Identifier: GPL-2.0-only
// How is something explained? A headline, then facts under their names.

import { wrapText } from './texts.ts';

export interface Explanation {
  /** `invariant`, `mutant` and so on. */
  readonly what: string;
  readonly name: string;
  /** The sentence that says what it is. */
  readonly summary: string;
  readonly facts: readonly Fact[];
}

/** Text that flows, lines that are listed, or a text that is shown as it is. */
export interface Fact {
  readonly name: string;
  readonly text?: string;
  readonly lines?: readonly string[];
  readonly verbatim?: string;
}

const WIDTH = 80;
const INDENT = '  ';

export function explanationText({ what, name, summary, facts }: Explanation): string {
  return [
    `${what} ${name}`,
    ...flowed(summary),
    ...facts.flatMap((fact) => ['', `${fact.name}:`, ...factLines(fact)]),
    '',
  ].join('\n');
}

function factLines({ text, lines, verbatim }: Fact): string[] {
  if (text !== undefined) return flowed(text);
  if (verbatim !== undefined) return verbatim.trimEnd().split('\n');
  return (lines ?? []).flatMap((line) => flowed(line));
}

/** Lines after the first are indented two more, so that items of a list stay apart. */
function flowed(text: string): string[] {
  const [first = '', ...rest] = wrapText(text, WIDTH - 2 * INDENT.length);
  return [`${INDENT}${first}`, ...rest.map((line) => `${INDENT}${INDENT}${line}`)];
}
