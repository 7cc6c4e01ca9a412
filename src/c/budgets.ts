// SPDX-License-Identifier: GPL-2.0-only
// How much may the C of a stranger cost? All limits are counts, so the same input meets the same
// limit on every machine. Out of budget is a refusal, never an answer.

import { Refusal } from './translation.ts';

export const BUDGETS = {
  /** UTF-16 units of one file. The largest file of KVM has under 400,000. */
  fileLength: 4_000_000,
  /** Tokens of one file before expansion. */
  tokens: 1_000_000,
  /** Tokens that macros put into one file. */
  expandedTokens: 1_000_000,
  /** Macro calls as arguments of macro calls. */
  expansionDepth: 60,
  /** Conditionals inside conditionals. */
  conditionalDepth: 64,
  /** Brackets inside brackets in one declaration. */
  nesting: 120,
  /** Tokens of one function or declaration. */
  declarationTokens: 200_000,
  /** Nodes inside nodes of one declaration's tree. */
  nodeDepth: 250,
  /** Functions of one translation. */
  functions: 2_000,
  /** Sites of one translation. */
  sites: 100_000,
  /** Bytes of the locals of one function that have addresses, and of one initialised object. */
  objectBytes: 1_000_000,
  /** Members of one struct, enumerators of one enum, items of one initialiser. */
  members: 20_000,
} as const;

/** Throws a refusal if a count is over its budget. */
export function within(
  what: keyof typeof BUDGETS,
  count: number,
  file: string,
  line: number,
): void {
  if (count > BUDGETS[what])
    throw new Refusal(file, line, `over the budget of ${BUDGETS[what]} for ${WORDS[what]}`);
}

const WORDS: Record<keyof typeof BUDGETS, string> = {
  fileLength: 'the length of a file',
  tokens: 'the tokens of a file',
  expandedTokens: 'the tokens that macros make in a file',
  expansionDepth: 'macro calls inside macro calls',
  conditionalDepth: 'conditionals inside conditionals',
  nesting: 'brackets inside brackets',
  declarationTokens: 'the tokens of a declaration',
  nodeDepth: 'expressions and statements inside others',
  functions: 'functions',
  sites: 'places that access memory',
  objectBytes: 'the bytes of an object',
  members: 'the members of a declaration',
};
