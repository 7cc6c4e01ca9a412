// SPDX-License-Identifier: GPL-2.0-only
// `check --self-check`: does the translation of a tree return what gcc makes of the same functions?
// It compiles and runs C of the tree, so nothing else does it.

import { hasGcc } from '../c/gcc.ts';
import type { LoadedTree } from '../c/load.ts';
import { SELF_CHECK_CALLS, type SelfCheck, selfCheck } from '../c/self-check.ts';
import { jsonText, schemaOf, TOOL } from '../report/schema.ts';
import { countText, wrapText } from '../report/texts.ts';
import { headText } from '../report/tree-check.ts';
import type { ExitStatus, Invocation } from './command.ts';
import { isGiven } from './options.ts';

/** 0 if both agree, 1 if not, 3 if there is nothing to compare, 4 if gcc is not there. */
export function checkSelf(
  { values, output }: Invocation,
  name: string,
  tree: LoadedTree,
): ExitStatus {
  const found = hasGcc() ? selfCheck(tree.translation) : null;
  const status = statusOf(found);
  output.result(isGiven(values, 'json') ? jsonOf(name, found) : textOf(name, tree, found));
  return status;
}

function statusOf(found: SelfCheck | null): ExitStatus {
  if (found === null) return 4;
  if (found.mismatches.length > 0) return 1;
  return found.calls > 0 ? 0 : 3;
}

/** Mismatches that are shown; more are counted. */
const SHOWN_MAX = 10;

function textOf(name: string, tree: LoadedTree, found: SelfCheck | null): string {
  const head = `${headText(name, tree)}\n\n`;
  if (found === null) {
    return `${head}skipped: there is no gcc, so the translation was compared with nothing\n`;
  }
  const { compared, calls, undefined: left, mismatches } = found;
  if (calls === 0) return `${head}no function of integers runs here: nothing was compared\n`;
  const shown = mismatches.slice(0, SHOWN_MAX).map(({ name: of, input, translated, gcc }) => {
    const args = input.map((value) => `0x${BigInt.asUintN(64, value).toString(16)}`).join(', ');
    return `MISMATCH ${of}(${args}): ${translated}, and ${gcc} by gcc`;
  });
  const more = mismatches.length - shown.length;
  return [
    `${head}${countText(compared.length, 'function')} of integers, ${SELF_CHECK_CALLS} inputs each`,
    ...wrapText(compared.join(', '), 98).map((line) => `  ${line}`),
    ...shown,
    ...(more > 0 ? [`and ${more} more`] : []),
    `${calls} calls compared with gcc -O1, ${mismatches.length} of which differ; ` +
      `${left} have no meaning in C, such as a shift too far, and were left out`,
    '',
  ].join('\n');
}

function jsonOf(name: string, found: SelfCheck | null): string {
  return jsonText({
    schema: schemaOf('self-check'),
    tool: TOOL,
    tree: name,
    isSkipped: found === null,
    ...(found === null ? {} : found),
  });
}
