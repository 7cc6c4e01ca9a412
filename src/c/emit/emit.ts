// SPDX-License-Identifier: GPL-2.0-only
// How is JavaScript written without ever writing a stranger's text? Emitted code has a type of its
// own. It is made here alone: from templates that stand in our sources, from numbers, and from
// mangled names that are a letter and a number. A string of the tree does not fit in.

/** JavaScript that we wrote. */
export type Code = string & { readonly __code: 'code' };

/** Our template with code in its holes. */
export function js(template: TemplateStringsArray, ...holes: Code[]): Code {
  let text = template[0]!;
  for (const [i, hole] of holes.entries()) text += hole + template[i + 1]!;
  return text as Code;
}

/** A number literal. */
export function int(value: number): Code {
  if (!Number.isSafeInteger(value)) throw new Error(`defect: ${value} is no integer`);
  return (value < 0 || Object.is(value, -0) ? `(${value})` : `${value}`) as Code;
}

/** A bigint literal. */
export function big(value: bigint): Code {
  return (value < BigInt(0) ? `(${value}n)` : `${value}n`) as Code;
}

/** f: function, l: local of the C, t: temporary, b: label. */
export function mangled(kind: 'f' | 'l' | 't' | 'b', index: number): Code {
  return `${kind}${int(index)}` as Code;
}

/** Code with commas between. */
export function list(codes: readonly Code[]): Code {
  return codes.join(',') as Code;
}

/** Statements one after the other. */
export function sequence(codes: readonly Code[]): Code {
  return codes.join('') as Code;
}

/** Statements without control flow as one expression: each ends with its semicolon. */
export function inOne(statements: Code): Code {
  if (/[{}]/.test(statements)) throw new Error('defect: a block cannot be an expression');
  return statements.slice(0, -1).replaceAll(';', ',') as Code;
}

export const NOTHING = '' as Code;

/** The name of the machine's method that loads or stores a value of a width. */
export const LOAD = {
  bool: js`m.ldu8`,
  s8: js`m.lds8`,
  u8: js`m.ldu8`,
  s16: js`m.lds16`,
  u16: js`m.ldu16`,
  s32: js`m.lds32`,
  u32: js`m.ldu32`,
  s64: js`m.lds64`,
  u64: js`m.ldu64`,
  pointer: js`m.ldp`,
} as const;
export const STORE = {
  bool: js`m.st8`,
  s8: js`m.st8`,
  u8: js`m.st8`,
  s16: js`m.st16`,
  u16: js`m.st16`,
  s32: js`m.st32`,
  u32: js`m.st32`,
  s64: js`m.st64`,
  u64: js`m.st64`,
  pointer: js`m.stp`,
} as const;
