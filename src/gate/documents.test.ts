// SPDX-License-Identifier: GPL-2.0-only
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UserError } from '#user-error';
import { parseBaseline, parseContract, parseOutcome } from './documents.ts';

const schema = (name: string) => ({ name: `kvm-mutants/${name}`, version: 1 });
const CONTRACT = {
  schema: schema('gate'),
  regressions: [{ id: 'v3.17/history/bug', breaks: ['stale'] }],
  mutants: ['v3.17/f/operator.1'],
  more: ['v3.17/f/general.3fa2'],
};
const BASELINE = {
  schema: schema('baseline'),
  survivors: [{ id: 'v3.17/f/operator.1', verdict: 'survived', reason: 'none' }],
};
const KILL = { kind: 'rule', invariant: 'stale' };
const OUTCOME = {
  schema: schema('verdicts'),
  sources: 'hash',
  counts: { units: 3 },
  problems: [],
  isInterrupted: false,
  verdicts: [
    {
      id: 'v3.17/history/bug',
      kind: 'regression',
      verdict: 'killed',
      kills: [KILL, { ...KILL, kind: 'crash', invariant: 'crash' }, KILL],
    },
  ],
};

const PARSERS = { contract: parseContract, baseline: parseBaseline, run: parseOutcome };
const WHOLE = { contract: CONTRACT, baseline: BASELINE, run: OUTCOME };
type Kind = keyof typeof WHOLE;
const parse = (kind: Kind, value: unknown) => PARSERS[kind]('file.json', JSON.stringify(value));

test('what is written is read, and no more of a run than the gate needs', () => {
  expect(parse('contract', CONTRACT)).toEqual(CONTRACT);
  expect(parse('baseline', BASELINE)).toEqual(BASELINE);
  expect(parse('run', OUTCOME)).toEqual({
    sources: 'hash',
    units: 3,
    problems: [],
    isInterrupted: false,
    verdicts: [
      {
        id: 'v3.17/history/bug',
        kind: 'regression',
        verdict: 'killed',
        reason: '',
        broken: ['stale'],
      },
    ],
  });
});

const [ENTRY] = BASELINE.survivors;
const [BUG] = OUTCOME.verdicts;
test.each<[Kind, unknown, string]>([
  ['contract', [], 'file.json: the document is not an object'],
  ['contract', null, 'file.json: the document is not an object'],
  ['contract', {}, 'file.json: schema is not an object'],
  ['contract', BASELINE, 'file.json: the schema is not kvm-mutants/gate 1'],
  [
    'contract',
    { ...CONTRACT, schema: { ...schema('gate'), version: 2 } },
    'not kvm-mutants/gate 1',
  ],
  ['contract', { ...CONTRACT, mutants: 'all' }, 'mutants is not a list of texts'],
  ['contract', { ...CONTRACT, mutants: ['a', 'a'] }, 'a is there twice'],
  ['contract', { ...CONTRACT, regressions: [3] }, 'regressions[0] is not an object'],
  ['contract', { ...CONTRACT, regressions: [{ id: 'a' }] }, 'regressions[0].breaks is not a list'],
  ['contract', { ...CONTRACT, regressions: [{ id: 'a', breaks: [] }] }, 'a names no invariant'],
  [
    'baseline',
    { ...BASELINE, survivors: [{ ...ENTRY, reason: 1 }] },
    'survivors[0].reason is not a text',
  ],
  [
    'baseline',
    { ...BASELINE, survivors: [{ ...ENTRY, verdict: 'killed' }] },
    'neither survived nor unknown',
  ],
  ['baseline', { ...BASELINE, survivors: [ENTRY, ENTRY] }, 'is there twice'],
  ['run', { ...OUTCOME, counts: {} }, 'counts.units is not a count'],
  ['run', { ...OUTCOME, counts: { units: -1 } }, 'counts.units is not a count'],
  ['run', { ...OUTCOME, isInterrupted: 'no' }, 'isInterrupted is not true or false'],
  ['run', { ...OUTCOME, verdicts: [{ ...BUG, kind: 'mutant' }] }, 'is of no known kind'],
  [
    'run',
    { ...OUTCOME, verdicts: [{ ...BUG, kills: [{}] }] },
    'verdicts[0].kills[0].kind is not a text',
  ],
])('a %s that is %j is refused: %s', (kind, value, sentence) => {
  expect(() => parse(kind, value)).toThrow(sentence);
});

test('half a file is no JSON', () => {
  expect(() => parseContract('file.json', JSON.stringify(CONTRACT).slice(0, -1))).toThrow(
    new UserError('file.json: this is not JSON', 3),
  );
});

test.each<Kind>(['contract', 'baseline', 'run'])(
  'nothing that a %s may be makes the reader fail',
  (kind) => {
    const damaged = fc
      .tuple(fc.constantFrom(...Object.keys(WHOLE[kind])), fc.jsonValue())
      .map(([field, value]) => ({ ...WHOLE[kind], [field]: value }));
    fc.assert(
      fc.property(fc.oneof(damaged, fc.jsonValue()), (value) => {
        try {
          parse(kind, value);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }),
    );
  },
);
