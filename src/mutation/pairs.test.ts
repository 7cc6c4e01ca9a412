// SPDX-License-Identifier: GPL-2.0-only
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyEdits } from './edits.ts';
import type { Edit, Family, Mutant } from './mutant.ts';
import { pairOf, pairsOf } from './pairs.ts';
import { readPort } from './port.ts';

const MAIN = 'v3.17/main.ts';
const TEXT = [
  "import { find } from './find.ts';",
  'export function install() {',
  '  a.n++;',
  '  a.n--;',
  '  return find(a.n, 1);',
  '}',
  'export function lookup() {',
  '  b.n--;',
  '  b.n--;',
  '  return a.n & 7;',
  '}',
  '',
].join('\n');
const FILES: Record<string, string> = {
  'systems/v3.17.ts': "import { install } from '../v3.17/main.ts';\nexport const a = install;\n",
  [MAIN]: TEXT,
  'v3.17/find.ts': 'export function find(n, m) {\n  return n + m;\n}\n',
};
const port = readPort('v3.17', (path) => FILES[path]!);

const edit = (original: string, replacement: string): Edit => {
  const start = TEXT.indexOf(original);
  return { file: MAIN, start, end: start + original.length, original, replacement };
};
const imports = (name: string): Edit => {
  const replacement = `import { ${name} } from '#linux/srcu'; `;
  return { file: MAIN, start: 0, end: 0, original: '', replacement };
};

function mutant(name: string, edits: readonly Edit[], family: Family = 'order'): Mutant {
  return {
    id: `v3.17/install/${name}.1`,
    era: 'v3.17',
    kind: 'operator',
    name,
    family,
    function: 'install',
    file: MAIN,
    edits,
    description: `${name} is done`,
    diff: '',
    sameAs: null,
  };
}

const UP = mutant('up', [edit('a.n++', 'a.n += 2')]);
const DOWN = mutant('down', [edit('a.n--', 'a.n -= 2')], 'gen');
const MASK = mutant('mask', [edit('a.n & 7', 'a.n')], 'wrap');

const idsOf = (mutants: readonly Mutant[]) => mutants.map(({ id }) => id);

test('a pair has the edits, the names and the diffs of both, whatever their order', () => {
  const pair = pairOf(port, UP, DOWN)!;
  expect(pair).toEqual(pairOf(port, DOWN, UP));
  expect(pair).toMatchObject({
    id: 'v3.17/pairs/install/down.1+install/up.1',
    kind: 'pair',
    name: 'down+up',
    family: null,
    description: 'down is done; and up is done',
  });
  expect(applyEdits(TEXT, pair.edits)).toContain('  a.n += 2;\n  a.n -= 2;\n');
  expect(pair.diff).toContain('-  a.n++;\n+  a.n += 2;\n-  a.n--;\n+  a.n -= 2;\n');
});

test('two edits of one line are one line of the diff', () => {
  const find = mutant('find', [edit('return find', 'return seek')]);
  const { diff } = pairOf(port, find, mutant('two', [edit('1)', '2)')]))!;
  expect(diff).toContain('-  return find(a.n, 1);\n+  return seek(a.n, 2);\n');
});

test('each two of different mutants make one pair, sorted by id', () => {
  const { pairs, twins, overlapping } = pairsOf(port, [UP, MASK, DOWN], [UP]);
  expect(idsOf(pairs)).toEqual([
    'v3.17/pairs/install/down.1+install/mask.1',
    'v3.17/pairs/install/down.1+install/up.1',
    'v3.17/pairs/install/mask.1+install/up.1',
  ]);
  expect({ twins, overlapping }).toEqual({ twins: [], overlapping: 0 });
});

test('mutants of other families make no pair, and nor does what is no operator', () => {
  const others = [mutant('flow', MASK.edits, 'flow'), { ...DOWN, family: null }];
  expect(pairsOf(port, [UP, ...others], [])).toEqual({ pairs: [], twins: [], overlapping: 0 });
});

test.each([
  ['the same text', [edit('a.n++', 'a.n--')]],
  ['a part of it', [edit('++', '+= 3')]],
  ['its neighbour', [edit(';\n  a.n--', '')]],
  ['its place', [{ ...edit('a.n++', 'b.n++; '), end: TEXT.indexOf('a.n++'), original: '' }]],
  ['the very same', UP.edits],
])('who edits %s overlaps, and is counted', (_, edits) => {
  const { pairs, overlapping } = pairsOf(port, [UP, mutant('over', edits)], []);
  expect({ ids: idsOf(pairs), overlapping }).toEqual({ ids: [], overlapping: 1 });
});

test('an import that both need is made once', () => {
  const up = mutant('up', [imports('lock'), edit('a.n++', 'lock()')]);
  const down = mutant('down', [imports('lock'), edit('a.n--', 'lock()')]);
  const { edits } = pairOf(port, up, down)!;
  expect(edits.map(({ replacement }) => replacement)).toEqual([
    "import { lock } from '#linux/srcu'; ",
    'lock()',
    'lock()',
  ]);
  const other = mutant('down', [imports('unlock'), edit('a.n--', 'unlock()')]);
  expect(pairOf(port, up, other)).toBeNull();
});

test('who does not parse together makes no pair', () => {
  const name = (text: string) => `let c = 0; ${text}`;
  const open = mutant('open', [edit('a.n++', name('a.n++; {'))]);
  const close = mutant('close', [edit('a.n--', '} a.n--')]);
  expect(pairOf(port, open, close)).not.toBeNull();
  expect(pairOf(port, open, DOWN)).toBeNull();
});

test('a pair with the code of one mutant is that mutant', () => {
  const both = mutant('both', [edit('a.n++;\n  a.n--', 'a.n += 2;\n  a.n -= 2')], 'flow');
  const { pairs, twins } = pairsOf(port, [UP, DOWN, MASK], [both]);
  expect(twins).toEqual([{ id: 'v3.17/pairs/install/down.1+install/up.1', sameAs: both.id }]);
  expect(pairs).toHaveLength(2);
});

test('a pair with the code of the port is told as what it is', () => {
  const less = mutant('less', [edit('lookup() {\n  b.n--;', 'lookup() {')]);
  const more = mutant('more', [edit('b.n--;\n  return', 'b.n--; b.n--;\n  return')]);
  expect(pairsOf(port, [less, more], [less, more])).toEqual({
    pairs: [],
    twins: [{ id: 'v3.17/pairs/install/less.1+install/more.1', sameAs: null }],
    overlapping: 0,
  });
});

const place: fc.Arbitrary<Edit> = fc
  .constantFrom('a.n++', 'a.n--', 'find(a.n, 1)', 'a.n, 1', 'a.n & 7')
  .chain((original) => fc.constantFrom('b.n', 'a.n').map((text) => edit(original, text)));

test('the order of mutants changes nothing', () => {
  const made = fc
    .array(fc.tuple(place, fc.constantFrom<Family>('order', 'gen', 'wrap', 'srcu', 'bits')), {
      maxLength: 6,
    })
    .map((all) => all.map(([one, family], i) => mutant(`m${i}`, [one], family)));
  const shuffled = made.chain((all) =>
    fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
  );
  fc.assert(
    fc.property(shuffled, ([all, other]) => {
      const found = pairsOf(port, all, all);
      expect(pairsOf(port, other, other)).toEqual(found);
      const taking = all.filter(({ family }) => family !== 'bits').length;
      const { pairs, twins, overlapping } = found;
      expect(pairs.length + twins.length + overlapping).toBe((taking ** 2 - taking) / 2);
    }),
    { numRuns: 60 },
  );
});
