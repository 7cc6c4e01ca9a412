// SPDX-License-Identifier: GPL-2.0-only
// What does a statement become? Structured JavaScript of the same shape; a forward goto leaves a
// labelled block. Nothing is caught, so a thread may be suspended anywhere.

import { type Ast, inner, needed, part, parts, refuse } from '../text/ast.ts';
import { ZERO } from '../types/types.ts';
import { storeAs } from './accesses.ts';
import type { Body } from './body.ts';
import { type Code, js, list, NOTHING, sequence } from './emit.ts';
import { condition, expression, forEffect, onlyInner } from './expressions.ts';
import type { Labels } from './labels.ts';
import { declaration } from './locals.ts';
import { switchStatement } from './switches.ts';
import { convert } from './values.ts';

/** What a statement may leave or go to. */
export interface Flow {
  readonly labels: Labels;
}

/** A statement. Throws a Refusal for what is not known. */
export function statement(body: Body, node: Ast, flow: Flow): Code {
  const code = ofKind(body, node, flow);
  if (!body.program.tellsReached || SILENT.has(node.kind)) return code;
  return js`m.reach(${body.site(node, 'reach')});${code}`;
}

/** What is reached if and only if something inside of it is. */
const SILENT: ReadonlySet<string> = new Set([';', 'compound_statement', 'labeled_statement']);

function ofKind(body: Body, node: Ast, flow: Flow): Code {
  switch (node.kind) {
    case ';':
      return NOTHING;
    case 'compound_statement':
      return js`{${body.block(() => statements(body, inner(node), flow))}}`;
    case 'declaration':
      return declaration(body, node);
    case 'expression_statement':
      return expressionStatement(body, node);
    case 'if_statement':
      return ifStatement(body, node, flow);
    case 'while_statement':
      return whileStatement(body, node, flow);
    case 'do_statement':
      return doStatement(body, node, flow);
    case 'for_statement':
      return body.block(() => forStatement(body, node, flow));
    case 'switch_statement':
      return switchStatement(body, node, flow);
    case 'return_statement':
      return returnStatement(body, node);
    case 'break_statement':
      return js`break;`;
    case 'continue_statement':
      return js`continue;`;
    case 'goto_statement':
      return js`break ${flow.labels.target(needed(node, 'label'))};`;
    case 'labeled_statement':
      return refuse(node, 'a label in a place where it cannot be reached by a forward goto');
  }
  return refuse(node, `a statement of the form ${node.kind} is not supported`);
}

/** A list of statements; labels among them are what forward gotos inside the list leave to. */
export function statements(body: Body, nodes: readonly Ast[], flow: Flow): Code {
  const own = flow.labels.opened(body, nodes);
  const { certain } = body;
  let done: Code[] = [];
  for (const node of nodes) {
    let current = node;
    while (current.kind === 'labeled_statement') {
      const label = flow.labels.reached(needed(current, 'label'));
      // What stands before the label is the block that a goto to it leaves.
      done = [js`${label}:{${sequence(done)}}`];
      // A goto may have come from anywhere in that block.
      body.setIs(certain);
      current = labelled(current);
    }
    done.push(statement(body, current, flow));
  }
  flow.labels.close(own);
  return sequence(done);
}

/** The statement that a label stands before. */
function labelled(node: Ast): Ast {
  const label = needed(node, 'label');
  const rest = inner(node).filter((child) => child !== label);
  const empty = node.children.find(
    ({ kind, text }) => kind === 'expression_statement' && text === ';',
  );
  const [only] = rest;
  if (only !== undefined) return only;
  return empty ?? { ...node, kind: ';', children: [] };
}

function expressionStatement(body: Body, node: Ast): Code {
  const [only] = inner(node);
  if (only === undefined) return NOTHING;
  const { code } = forEffect(body, only);
  return js`${code};`;
}

/** A loop's or branch's body as one block. */
function block(body: Body, node: Ast, flow: Flow): Code {
  return js`{${body.block(() => statements(body, [node], flow))}}`;
}

function ifStatement(body: Body, node: Ast, flow: Flow): Code {
  const test = condition(body, onlyInner(needed(node, 'condition')));
  const consequence = needed(node, 'consequence');
  const otherwise = part(node, 'alternative');
  const alternative = otherwise === null ? null : elseBranch(otherwise);
  if (test.constant !== undefined) {
    // A branch that a configuration leaves out may name what is not known.
    const [live, dead] =
      test.constant !== ZERO ? [consequence, alternative] : [alternative, consequence];
    if (dead === null || !hasLabel(dead)) return live === null ? NOTHING : block(body, live, flow);
  }
  const before = body.certain;
  const yes = block(body, consequence, flow);
  const afterYes = leaves(consequence) ? null : body.certain;
  body.setIs(before);
  const no = alternative === null ? NOTHING : block(body, alternative, flow);
  const afterNo = alternative !== null && leaves(alternative) ? null : body.certain;
  body.setIs(both(afterYes ?? afterNo ?? before, afterNo ?? afterYes ?? before));
  return alternative === null ? js`if(${test.code})${yes}` : js`if(${test.code})${yes}else${no}`;
}

/** True if control never comes to the end of a statement. */
function leaves(node: Ast): boolean {
  if (/^(return|goto|break|continue)_statement$/.test(node.kind)) return true;
  const last = node.kind === 'compound_statement' ? inner(node).at(-1) : undefined;
  return last !== undefined && leaves(last);
}

/** What has a value on both of two ways. */
function both(a: ReadonlySet<Code>, b: ReadonlySet<Code>): ReadonlySet<Code> {
  return a === b ? a : new Set([...a].filter((code) => b.has(code)));
}

function elseBranch(node: Ast): Ast {
  const [only] = inner(node);
  return only ?? { ...node, kind: ';', children: [] };
}

function hasLabel(node: Ast): boolean {
  return (
    node.kind === 'labeled_statement' ||
    node.kind === 'case_statement' ||
    node.children.some(hasLabel)
  );
}

const tick = (body: Body, node: Ast): Code => js`m.tick(${body.site(node, 'loop')});`;

function whileStatement(body: Body, node: Ast, flow: Flow): Code {
  const test = condition(body, onlyInner(needed(node, 'condition')));
  const head = tick(body, needed(node, 'condition'));
  const inside = body.maybe(() => block(body, needed(node, 'body'), flow));
  return js`while(${test.code}){${head}${inside}}`;
}

function doStatement(body: Body, node: Ast, flow: Flow): Code {
  // A `continue` may leave out what stands behind it.
  const inside = body.maybe(() => block(body, needed(node, 'body'), flow));
  const head = tick(body, needed(node, 'condition'));
  const test = condition(body, onlyInner(needed(node, 'condition')));
  // The kernel's macros are `do { ... } while (0)`: no loop unless something continues it.
  return js`do{${test.constant === ZERO ? NOTHING : head}${inside}}while(${test.code});`;
}

function forStatement(body: Body, node: Ast, flow: Flow): Code {
  const before = part(node, 'initializer');
  const first =
    before === null
      ? NOTHING
      : before.kind === 'declaration'
        ? declaration(body, before)
        : js`${forEffect(body, before).code};`;
  const testNode = part(node, 'condition');
  const test = testNode === null ? NOTHING : condition(body, testNode).code;
  const updates = body.maybe(() =>
    parts(node, 'update').map((update) => forEffect(body, update).code),
  );
  const head = tick(body, testNode ?? node);
  const inside = body.maybe(() => block(body, needed(node, 'body'), flow));
  return js`{${first}for(;${test};${list(updates)}){${head}${inside}}}`;
}

function returnStatement(body: Body, node: Ast): Code {
  const [value] = inner(node);
  const { result } = body;
  if (value === undefined) {
    if (result.kind !== 'void') refuse(node, 'a return without a value');
    return js`{@leave;return;}`;
  }
  if (result.kind === 'void') return js`{${forEffect(body, value).code};@leave;return;}`;
  const given = expression(body, value);
  if (result.kind === 'record') {
    const place = { kind: 'memory', type: result, base: js`l0`, offset: 0 } as const;
    const stored = storeAs(body, { ...place, bits: null, guess: null }, given, value, false);
    return js`{${stored.code};@leave;return;}`;
  }
  const { code } = convert(given, result, value, () => body.site(value, 'fault'));
  const kept = body.temporary(result, node);
  return js`{${kept}=${code};@leave;return ${kept};}`;
}
