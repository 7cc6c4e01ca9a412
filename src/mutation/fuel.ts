// SPDX-License-Identifier: GPL-2.0-only
// How is a mutated port kept from looping for ever? When its text is emitted, every loop gets a
// call at its head that throws after very many turns. Lines stay where they are.

import { ts } from 'ts-morph';
import { parse } from './port.ts';

/**
 * The text with a call of spendFuel() at each loop head. `module` is the URL that exports it; null
 * for a part of a text that has it already. It is imported where there is a loop, or `always`.
 */
export function withFuel(text: string, module: string | null, always = false): string {
  const source = parse('port.ts', text);
  const inserts: { at: number; text: string }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isIterationStatement(node, false)) {
      const body = node.statement;
      if (ts.isBlock(body)) inserts.push({ at: body.getStart(source) + 1, text: CALL });
      else {
        inserts.push({ at: body.getStart(source), text: `{${CALL}` });
        inserts.push({ at: body.getEnd(), text: '}' });
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  if (inserts.length === 0 && !always) return text;
  inserts.sort((a, b) => a.at - b.at);
  let result =
    module === null ? '' : `import { spendFuel as $spendFuel } from ${JSON.stringify(module)}; `;
  let at = 0;
  for (const insert of inserts) {
    result += text.slice(at, insert.at) + insert.text;
    at = insert.at;
  }
  return result + text.slice(at);
}

const CALL = ' $spendFuel();';
