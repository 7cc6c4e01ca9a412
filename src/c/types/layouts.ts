// SPDX-License-Identifier: GPL-2.0-only
// What may a driver ask about the tree's own types? Sizes, offsets, constants and names of bytes,
// so that nothing about a layout is ever written down by us.

import { Body } from '../emit/body.ts';
import type { Place } from '../emit/places.ts';
import { placeOf } from '../emit/places.ts';
import type { Program } from '../emit/program.ts';
import { nameLists, withoutAnnotations } from '../text/annotations.ts';
import { type Ast, found } from '../text/ast.ts';
import { Expander } from '../text/macros.ts';
import { tokensOf } from '../text/tokens.ts';
import { type Layouts, type MemberPlace, Refusal } from '../translation.ts';
import { constantValue } from './constants.ts';
import { nameAt } from './member-names.ts';
import { type CType, spelled, VOID, wordOf } from './types.ts';

const ASKED = 'kvm-mutants/asked.h';
const LISTS = nameLists();

/** The layouts of all types that the files of a program declare. */
export function layoutsOf(program: Program): Layouts {
  const parsed = (text: string): Ast => {
    const lookup = (name: string) => program.unit.macros.get(name);
    const expanded = new Expander(ASKED, lookup).expand(tokensOf(ASKED, text));
    const { tokens } = withoutAnnotations(expanded, LISTS.isBlank);
    return program.unit.parseTokens(ASKED, tokens);
  };
  const typeNamed = (type: string): CType => {
    const node = found(parsed(`int x = sizeof(${type});`), 'type_descriptor')[0];
    if (node === undefined) throw new Refusal(ASKED, 1, `${type} is no type`);
    return program.declarations.typeName(node, null);
  };
  const place = (type: string, path: string): Place & { kind: 'memory' } => {
    const body = new Body(program, '', VOID, new Set());
    const origin: CType = typeNamed(type);
    body.add('o', { kind: 'static', type: origin, address: 0 }, NOWHERE);
    const node = found(parsed(`int x = (o.${path});`), 'parenthesized_expression')[0];
    if (node === undefined) throw new Refusal(ASKED, 1, `${path} is no member`);
    const at = placeOf(body, node);
    if (at.kind !== 'memory' || at.base !== null)
      throw new Refusal(ASKED, 1, `${path} has no fixed place`);
    return at;
  };
  const described = (type: string, path: string): MemberPlace => {
    const { type: of, offset, bits } = place(type, path);
    const size = program.layouter.size(of);
    const made = { offset, size, word: wordOf(of), type: spelled(of) };
    return bits === null ? made : { ...made, bits };
  };
  return {
    sizeof: (type) => program.size(typeNamed(type), NOWHERE),
    place: described,
    has: (type, path) => isKnown(() => described(type, path)),
    constant: (expression) => {
      const node = found(parsed(`int x = (${expression});`), 'parenthesized_expression')[0];
      const value = node === undefined ? null : constantValue(program, node, null);
      if (value === null) throw new Refusal(ASKED, 1, `${expression} is no known constant`);
      return value;
    },
    nameOf: (type, offset, size) => nameAt(program, typeNamed(type), offset, size),
  };
}

const NOWHERE: Ast = {
  kind: 'asked',
  field: null,
  text: '',
  file: ASKED,
  line: 1,
  children: [],
  source: () => '',
};

function isKnown(run: () => unknown): boolean {
  try {
    run();
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}
