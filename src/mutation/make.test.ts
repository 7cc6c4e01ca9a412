// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { applyEdits } from './edits.ts';
import { corpusOf, mutantOfRegression, mutantsOfOperator, mutantsOfPort } from './make.ts';
import type { AnchoredEdit, Control, Operator, Regression } from './mutant.ts';
import { importersOf, type Port, readPort } from './port.ts';

const FILES: Record<string, string> = {
  'systems/v3.17.ts': "import { install } from '../v3.17/main.ts';\nexport const a = install;\n",
  'v3.17/main.ts': [
    "import type { unused } from './types.ts';",
    "import { find } from '../v3.16/find.ts';",
    'export function install() {',
    '  // a.n++ is said here too',
    '  a.n++;',
    '  b.n++;',
    '  return find();',
    '}',
    'export const MASK = 1;',
    '',
  ].join('\n'),
  'v3.16/find.ts': 'export function find() {\n  a.n += 1;\n}\n',
  'v3.17/types.ts': 'export type unused = number;\n',
};

const port = (changed: Record<string, string> = {}): Port =>
  readPort('v3.17', (path) => ({ ...FILES, ...changed })[path] ?? `missing(${path}`);

/** Turns each `++` of a field into `text`. */
const operator = (text: string, name = 'change'): Operator => ({
  name,
  family: 'order',
  summary: '',
  places: ({ node }) =>
    [...node.getText().matchAll(/^ {2}(\w\.n\+\+);/gm)].map((match) => {
      const start = node.getStart() + match.index + 2;
      const changes = [{ start, end: start + match[1]!.length, replacement: text }];
      return { changes, description: match[1]! };
    }),
});

const regression = (...edits: AnchoredEdit[]): Regression => ({
  cause: null,
  unfixed: [],
  name: 'old-bug',
  commit: '0123456789ab',
  subject: '',
  release: '',
  broke: 'it broke',
  eras: ['v3.17'],
  edits,
  breaks: [],
  ownScenarios: [],
  shownBy: 'sequence',
});

const edit = (fn: string, anchor: string, replacement = 'x'): AnchoredEdit => {
  return { function: fn, anchor, replacement };
};

test('the files of an era are those that its system loads, older eras included', () => {
  expect([...port().files.keys()]).toEqual(['systems/v3.17.ts', 'v3.17/main.ts', 'v3.16/find.ts']);
});

test('the importers of a file are all files whose loading loads it', () => {
  expect([...importersOf(port(), ['v3.17/main.ts'])]).toEqual([
    'v3.17/main.ts',
    'systems/v3.17.ts',
  ]);
});

test('scopes are the functions and constants of the top level; systems have none', () => {
  const names = [...port().files.values()].map((file) => file.scopes.map((scope) => scope.name));
  expect(names).toEqual([[], ['install', 'MASK'], ['find']]);
});

test('the name of a general mutant says what it changes, and survives edits around it', () => {
  const general: Operator = { ...operator('f()'), family: 'general' };
  const ids = (body: string) => {
    const text = `export function install() {\n${body}\n}\n`;
    return mutantsOfOperator(port({ 'v3.17/main.ts': text }), general).map(({ id }) => id);
  };
  const [a, b] = ids('  a.n++;\n  b.n++;');
  expect(a).toMatch(/^v3\.17\/install\/change\.[0-9a-f]{4}$/);
  expect(b).not.toBe(a);
  expect(ids('  c();\n  b.n++;\n  d.n++;\n  a.n++;')).toEqual([b, expect.anything(), a]);
  expect(ids('  a.n++;\n  a.n++;')).toEqual([a, `${a}-2`]);
});

test('mutants are named by era, function, operator and ordinal of the place', () => {
  const mutants = mutantsOfOperator(port(), operator('f()'));
  expect(mutants.map((mutant) => mutant.id)).toEqual([
    'v3.17/install/change.1',
    'v3.17/install/change.2',
  ]);
  expect(applyEdits(FILES['v3.17/main.ts']!, mutants[1]!.edits)).toContain('a.n++;\n  f();');
});

test('comments and white space do not move an id', () => {
  const text = FILES['v3.17/main.ts']!.replace('  a.n++', '\n  /* more */\n\n  a.n++');
  const ids = (p: Port) => mutantsOfOperator(p, operator('f()')).map((m) => [m.id, m.description]);
  expect(ids(port({ 'v3.17/main.ts': text }))).toEqual(ids(port()));
});

test('a port that does not parse is refused', () => {
  expect(() => port({ 'v3.16/find.ts': 'function (' })).toThrow('v3.16/find.ts:1 does not parse');
});

test('a mutant that does not parse or changes nothing is an error of the operator', () => {
  expect(() => mutantsOfOperator(port(), operator('}'))).toThrow(
    'v3.17/install/change.1: v3.17/main.ts:8 does not parse',
  );
  const same: Operator = {
    name: 'same',
    family: 'order',
    summary: '',
    places: ({ node }) => {
      const [start, end] = [node.getStart(), node.getEnd()];
      return [{ changes: [{ start, end, replacement: node.getText() }], description: '' }];
    },
  };
  expect(() => mutantsOfOperator(port(), same)).toThrow(
    'v3.17/install/same.1: v3.17/main.ts does not change',
  );
});

test('an operator that leaves the function it was given is an error', () => {
  const stray: Operator = {
    name: 'stray',
    family: 'order',
    summary: '',
    places: () => [{ changes: [{ start: 0, end: 1, replacement: 'x' }], description: '' }],
  };
  expect(() => mutantsOfOperator(port(), stray)).toThrow('stray leaves install()');
});

test('two mutants with one id are an error', () => {
  const makers = { regressions: [], controls: [] };
  const operators = [operator('f()'), operator('g()')];
  expect(() => mutantsOfPort(port(), { ...makers, operators })).toThrow(
    'two mutants v3.17/install/change.1',
  );
});

test('two operators that make the same code make one mutant, and the other is told', () => {
  const makers = { regressions: [], controls: [] };
  const apart = [operator('f()'), operator('f( )', 'again')];
  expect(corpusOf(port(), { ...makers, operators: apart }).merged).toEqual([]);
  const twins = [operator('f()', 'b'), operator('f()', 'a')];
  const { mutants, merged } = corpusOf(port(), { ...makers, operators: twins });
  expect(mutants.map(({ id }) => id)).toEqual(['v3.17/install/a.1', 'v3.17/install/a.2']);
  expect(merged).toEqual([
    { id: 'v3.17/install/b.1', into: 'v3.17/install/a.1' },
    { id: 'v3.17/install/b.2', into: 'v3.17/install/a.2' },
  ]);
});

test('the name that stays knows KVM, or makes fewer mutants', () => {
  const makers = { regressions: [], controls: [] };
  const second = (one: Operator): Operator => ({
    ...one,
    places: (scope) => one.places(scope).slice(1),
  });
  const kept = (...operators: Operator[]) =>
    corpusOf(port(), { ...makers, operators }).mutants.map(({ id }) => id);
  const general = { ...operator('f()', 'a'), family: 'general' } as const;
  expect(kept(second(general), operator('f()', 'special'))).toEqual([
    'v3.17/install/special.1',
    'v3.17/install/special.2',
  ]);
  expect(kept(operator('f()', 'a'), second(operator('f()', 'rare')))).toEqual([
    'v3.17/install/a.1',
    'v3.17/install/rare.1',
  ]);
});

test('an operator that makes the same code twice is an error', () => {
  const twice: Operator = {
    ...operator('f()'),
    places: (scope) => [...operator('f()').places(scope), ...operator('f()').places(scope)],
  };
  const makers = { operators: [twice], regressions: [], controls: [] };
  expect(() => mutantsOfPort(port(), makers)).toThrow(
    'v3.17/install/change.2 is v3.17/install/change.1 again',
  );
});

test('what new text calls is imported on the line of the first import, once', () => {
  const calling: Operator = {
    ...operator('f()'),
    places: (scope) =>
      operator('f()')
        .places(scope)
        .map((place) => ({ ...place, imports: { f: '#linux/f', find: './find.ts' } })),
  };
  const [mutant] = mutantsOfOperator(port(), calling);
  expect(mutant?.diff.match(/^[-+].*$/gm)).toEqual([
    '--- a/v3.17/main.ts',
    '+++ b/v3.17/main.ts',
    "-import type { unused } from './types.ts';",
    "+import { f } from '#linux/f'; import type { unused } from './types.ts';",
    '-  a.n++;',
    '+  f();',
  ]);
});

test('a regression names the mutant of an operator that is the same text', () => {
  const same = regression(edit('install', '++;\n  return', '+= 1;\n\n  return'));
  const makers = { operators: [operator('b.n+= 1')], regressions: [same], controls: [] };
  const other = { ...regression(edit('install', 'b.n++', 'c.n++')), name: 'other-bug' };
  const mutants = mutantsOfPort(port(), { ...makers, regressions: [same, other] });
  expect(mutants.map((mutant) => [mutant.id, mutant.sameAs])).toEqual([
    ['v3.17/history/old-bug', 'v3.17/install/change.2'],
    ['v3.17/history/other-bug', null],
    ['v3.17/install/change.1', null],
    ['v3.17/install/change.2', null],
  ]);
});

test('a regression may edit several functions in several files', () => {
  const mutant = mutantOfRegression(
    port(),
    regression(edit('install', 'b.n++', 'f()'), edit('find', '+= 1', '+= 2')),
  );
  expect(mutant).toMatchObject({
    id: 'v3.17/history/old-bug',
    kind: 'regression',
    function: 'install',
    file: 'v3.17/main.ts',
    description: 'it broke',
  });
  expect(mutant?.edits.map((e) => e.file)).toEqual(['v3.16/find.ts', 'v3.17/main.ts']);
  expect(mutant?.diff.match(/^[-+].*$/gm)).toEqual([
    '--- a/v3.16/find.ts',
    '+++ b/v3.16/find.ts',
    '-  a.n += 1;',
    '+  a.n += 2;',
    '--- a/v3.17/main.ts',
    '+++ b/v3.17/main.ts',
    '-  b.n++;',
    '+  f();',
  ]);
});

test('an era that a regression does not name has no mutant of it', () => {
  expect(mutantOfRegression(port(), { ...regression(), eras: ['v3.16'] })).toBe(null);
});

test('an anchor that is absent, ambiguous, empty or in another function is an error', () => {
  const anchor = (fn: string, text: string) => () =>
    mutantOfRegression(port(), regression(edit(fn, text)));
  expect(anchor('install', 'c.n++')).toThrow("old-bug: the anchor 'c.n++' stands 0 times");
  expect(anchor('install', 'a.n++')).toThrow("old-bug: the anchor 'a.n++' stands 2 times");
  expect(anchor('install', '')).toThrow("old-bug: the anchor ''");
  expect(anchor('install', 'MASK')).toThrow("old-bug: the anchor 'MASK' stands 0 times");
  expect(anchor('remove', 'a.n++')).toThrow('v3.17 has 0 functions named remove, not one');
  expect(() => mutantOfRegression(port(), regression())).toThrow('old-bug has no edits');
});

test('controls are mutants of their own kind', () => {
  const control: Control = {
    name: 'other-words',
    eras: ['v3.17'],
    harmless: 'the same',
    edits: [edit('install', 'b.n++', 'b.n += 1')],
  };
  const makers = { operators: [], regressions: [], controls: [control] };
  expect(mutantsOfPort(port(), makers)).toMatchObject([
    { id: 'v3.17/controls/other-words', kind: 'control', description: 'the same' },
  ]);
});
