// SPDX-License-Identifier: GPL-2.0-only
// What is the name of some bytes of an object? For tables: `memslots[1].generation`.

import type { Program } from '../emit/program.ts';
import type { CType } from './types.ts';

/** The path to the innermost member that holds these bytes; the first that does, in a union. */
export function nameAt(program: Program, type: CType, offset: number, size: number): string {
  if (type.kind === 'array') {
    const step = program.layouter.size(type.of);
    if (step === 0 || size > step) return '';
    const index = Math.floor(offset / step);
    return `[${index}]${nameAt(program, type.of, offset - index * step, size)}`;
  }
  if (type.kind !== 'record' || type.body === null) return '';
  for (const member of program.layouter.layout(type).members) {
    const at = offset - member.offset;
    if (at < 0 || !holds(program, member.type, at, size)) continue;
    const inside = nameAt(program, member.type, at, size);
    const name = member.name ?? '';
    if (name === '' && inside === '') continue;
    return `${name === '' ? '' : `.${name}`}${inside}`.replace(/^\.\./, '.');
  }
  return '';
}

function holds(program: Program, type: CType, at: number, size: number): boolean {
  // A flexible array at the end holds whatever comes.
  if (type.kind === 'array' && type.length === null) return true;
  return at + size <= program.layouter.size(type);
}
