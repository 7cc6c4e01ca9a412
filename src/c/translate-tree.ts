// SPDX-License-Identifier: GPL-2.0-only
// From files and a profile's wishes to a translation. What is refused is said with its place.

import { UserError } from '#user-error';
import type { CParser } from './text/ast.ts';
import { readUnit } from './text/unit.ts';
import { type Translated, translate } from './translate.ts';
import type { ReadOptions, Refusal, Request, SourceFile, Translation } from './translation.ts';

/** Refusals that are told; more are counted. */
const TOLD_MAX = 4;

/** Translates files of a tree. Throws a UserError with status 3 that cites what is refused. */
export function translateTree(
  parser: CParser,
  files: readonly SourceFile[],
  options: ReadOptions,
  request: Request,
): Translated {
  try {
    return translate(readUnit(parser, files, options), request);
  } catch (error) {
    const { refusals } = error as { readonly refusals?: readonly Refusal[] };
    const all = refusals ?? (isRefusal(error) ? [error] : null);
    if (all === null) throw error;
    const told = all.slice(0, TOLD_MAX).map(({ message }) => message);
    const more = all.length > TOLD_MAX ? `; and ${all.length - TOLD_MAX} more` : '';
    throw new UserError(`no verdict: ${told.join('; ')}${more}`, 3);
  }
}

function isRefusal(error: unknown): error is Refusal {
  return error instanceof Error && error.name === 'Refusal';
}

/** Translates a text of ours. */
export function translateText(parser: CParser, text: string, request: Request): Translation {
  const options = { config: {}, overrides: {}, prelude: '' };
  return translateTree(parser, [{ path: 'toy.c', text }], options, request);
}
