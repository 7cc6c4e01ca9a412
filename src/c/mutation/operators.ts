// SPDX-License-Identifier: GPL-2.0-only
// Which mistakes does a person make in this C? Each operator looks at one node and says which edits
// of the text it would make of it.

import type { TextEdit } from '../retranslate.ts';
import { partOf, type RawNode } from './nodes.ts';

export interface COperator {
  readonly name: string;
  /** Why a person writes that. */
  readonly idea: string;
  /** One list of edits a mutant. */
  readonly edits: (node: RawNode, parent: RawNode | null) => readonly (readonly TextEdit[])[];
}

const replace = (node: RawNode, replacement: string): TextEdit => ({
  start: node.start,
  end: node.end,
  replacement,
});

const isPlain = (node: RawNode) => node.kind === 'expression_statement' && node.children.length > 1;

/** A list of operators exchanged for others. */
function exchange(name: string, idea: string, pairs: Readonly<Record<string, string>>): COperator {
  return {
    name,
    idea,
    edits: (node) => {
      const operator = node.kind === 'binary_expression' ? partOf(node, 'operator') : undefined;
      if (operator === undefined || !Object.hasOwn(pairs, operator.kind)) return [];
      return [[replace(operator, pairs[operator.kind]!)]];
    },
  };
}

const deleteStatement: COperator = {
  name: 'delete-statement',
  idea: 'a line is lost when code is moved or a conflict is settled',
  edits: (node) => (isPlain(node) ? [[replace(node, ';')]] : []),
};

const swapStatements: COperator = {
  name: 'swap-statements',
  idea: 'two lines look independent and are put in the other order',
  edits: (node) => {
    if (node.kind !== 'compound_statement') return [];
    return node.children.flatMap((second, i) => {
      const first = node.children[i - 1];
      if (first === undefined || !isPlain(first) || !isPlain(second)) return [];
      return [[replace(first, second.text), replace(second, first.text)]];
    });
  },
};

const SYNCHRONIZE = /^synchronize_(s?rcu)(_expedited)?\(/;

const synchronizeLate: COperator = {
  name: 'synchronize-late',
  idea: 'what must wait for the readers is done before they have left',
  edits: (node) => {
    if (node.kind !== 'compound_statement') return [];
    const { children } = node;
    return children.flatMap((statement, i) => {
      if (!isPlain(statement) || !SYNCHRONIZE.test(statement.text)) return [];
      // Behind the very next one it is what swap-statements makes.
      const first = children[i + 1];
      const from = first !== undefined && isPlain(first) ? i + 2 : i + 1;
      const after = children.slice(from).filter(isPlain);
      return after.map((last) => [
        replace(statement, ';'),
        { start: last.end, end: last.end, replacement: ` ${statement.text}` },
      ]);
    });
  },
};

const negateCondition: COperator = {
  name: 'negate-condition',
  idea: 'a test is turned around',
  edits: (node) => {
    if (node.kind !== 'if_statement' && node.kind !== 'conditional_expression') return [];
    const condition = partOf(node, 'condition');
    return condition === undefined ? [] : [[replace(condition, bracketed(`!(${condition.text})`))]];
  },
};

const bracketed = (text: string) => `(${text})`;

const fixCondition: COperator = {
  name: 'fix-condition',
  idea: 'a test is left out, or what it guards',
  edits: (node) => {
    if (node.kind !== 'if_statement') return [];
    const condition = partOf(node, 'condition');
    if (condition === undefined) return [];
    return ['1', '0'].map((value) => [
      // The condition is still evaluated, so that only its outcome changes.
      replace(condition, `((${condition.text}), ${value})`),
    ]);
  },
};

const dropMask: COperator = {
  name: 'drop-mask',
  idea: 'bits are not cut off, or not put in',
  edits: (node) => {
    const operator = partOf(node, 'operator')?.kind;
    const isMask = node.kind === 'binary_expression' && (operator === '&' || operator === '|');
    const left = partOf(node, 'left');
    return isMask && left !== undefined ? [[replace(node, bracketed(left.text))]] : [];
  },
};

const dropShift: COperator = {
  name: 'drop-shift',
  idea: 'a field is not moved to its place',
  edits: (node) => {
    const operator = partOf(node, 'operator')?.kind;
    const isShift = node.kind === 'binary_expression' && (operator === '<<' || operator === '>>');
    const left = partOf(node, 'left');
    return isShift && left !== undefined ? [[replace(node, bracketed(left.text))]] : [];
  },
};

const changeNumber: COperator = {
  name: 'change-number',
  idea: 'a number is off by one',
  edits: (node, parent) => {
    if (node.kind !== 'number_literal' || parent?.kind === 'case_statement') return [];
    if (!/^\d{1,15}$/.test(node.text) || /^0\d/.test(node.text)) return [];
    return [[replace(node, `${Number(node.text) + 1}`)]];
  },
};

const returnZero: COperator = {
  name: 'return-zero',
  idea: 'an error or a result is forgotten',
  edits: (node) => {
    if (node.kind !== 'return_statement') return [];
    const value = node.children.find(({ kind }) => kind !== 'return' && kind !== ';');
    if (value === undefined || /^0$|^NULL$|^false$/.test(value.text)) return [];
    return [[replace(value, '0')]];
  },
};

/** Calls that order or guard an access, and which argument is left of them. */
const ORDERED: Readonly<Record<string, (args: readonly RawNode[]) => string | null>> = {
  rcu_assign_pointer: ([place, value]) =>
    place && value ? `((${place.text}) = (${value.text}))` : null,
  WRITE_ONCE: ([place, value]) => (place && value ? `((${place.text}) = (${value.text}))` : null),
  READ_ONCE: ([place]) => (place ? `(${place.text})` : null),
  ACCESS_ONCE: ([place]) => (place ? `(${place.text})` : null),
  rcu_dereference: ([place]) => (place ? `(${place.text})` : null),
  smp_mb: () => '((void)0)',
  smp_wmb: () => '((void)0)',
  smp_rmb: () => '((void)0)',
};

const dropOrder: COperator = {
  name: 'drop-order',
  idea: 'an access is made a plain one, or a barrier is lost',
  edits: (node) => {
    const callee = node.kind === 'call_expression' ? partOf(node, 'function')?.text : undefined;
    if (callee === undefined || !Object.hasOwn(ORDERED, callee)) return [];
    const list = partOf(node, 'arguments')?.children ?? [];
    const args = list.filter(({ kind }) => !/^[(),]$/.test(kind));
    const made = ORDERED[callee]!(args);
    return made === null ? [] : [[replace(node, made)]];
  },
};

/** All operators, in the order in which mutants are listed. */
export const C_OPERATORS: readonly COperator[] = [
  deleteStatement,
  swapStatements,
  synchronizeLate,
  negateCondition,
  fixCondition,
  dropMask,
  dropShift,
  changeNumber,
  returnZero,
  dropOrder,
  exchange('exchange-arithmetic', 'a sign is wrong', { '+': '-', '-': '+' }),
  exchange('exchange-bits', 'a mask is put in instead of cut off', { '&': '|', '|': '&' }),
  exchange('exchange-shift', 'a field is moved the wrong way', { '<<': '>>', '>>': '<<' }),
  exchange('exchange-logic', 'two tests are joined the wrong way', { '&&': '||', '||': '&&' }),
  exchange('exchange-comparison', 'a limit is off by one, or an equality is turned around', {
    ...{ '<': '<=', '<=': '<', '>': '>=', '>=': '>', '==': '!=', '!=': '==' },
  }),
];
