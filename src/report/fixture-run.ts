// SPDX-License-Identifier: GPL-2.0-only
// A run that nobody made: one mutant for each way in which a run can come out, small enough to read
// in every format. For tests.

import { NO_COUNTS } from '#lab/explored';
import type { MutantRun, RunResult } from '#lab/run';
import type { Scenario } from '#lab/suites';
import type { UnitResult, Violation } from '#lab/unit';
import { type Kill, NOT_REACHED, type VerdictWord } from '#lab/verdict';
import { unifiedDiff } from '#mutation/diff';
import type { Edit, Mutant, MutantKind, Regression } from '#mutation/mutant';
import type { RunReport } from './run-report.ts';

const FILE = 'v3.17/virt/kvm/counter.ts';

const TEXT = `// virt/kvm/counter.c (v3.17)
export function install(slots: Slots, old: Slots): void {
  slots.generation = old.generation + 1n;
  rcu_assign_pointer(slots);
  synchronize_srcu_expedited();
  slots.generation++;
}

export function lookup(slots: Slots): bigint {
  return slots.generation & MASK;
}
`;

const SEEN = 'mmio-cache/a-created-slot-is-seen.1v1u1f';
const FIELDS = 'spte/fields-are-disjoint';

/** All that a report needs of a scenario is how it is called. */
const SCENARIOS = [SEEN, FIELDS].map((id) => ({ id }) as Scenario);

const REGRESSION: Regression = {
  cause: null,
  unfixed: [],
  name: 'single-increment',
  commit: 'ee3d1570b586',
  subject: 'kvm: fix potentially corrupt mmio cache',
  release: 'v3.17',
  broke: 'Memory was treated as MMIO.',
  eras: ['v3.17'],
  edits: [],
  breaks: ['stale-after-update'],
  ownScenarios: ['mmio-cache/a-created-slot-is-seen'],
  shownBy: 'interleaving',
};

const TABLE = `breaks stale-after-update

     vCPU 0 (CPU 0)        | updater (CPU 1)
   1 srcu_read_lock()      |
   2                       | slots->generation := 6
  => a stale SPTE is used

replay: SCHEDULE
`;

function edit(original: string, replacement: string): Edit {
  const start = TEXT.indexOf(original);
  return { file: FILE, start, end: start + original.length, original, replacement };
}

function mutant(kind: MutantKind, tail: string, edits: readonly Edit[], what: string): Mutant {
  const name = tail
    .split('/')
    .at(-1)!
    .replace(/\.\d+$/, '');
  return {
    id: `v3.17/${tail}`,
    era: 'v3.17',
    kind,
    name,
    family: kind === 'operator' ? 'general' : null,
    function: 'install',
    file: FILE,
    edits,
    description: what,
    diff: unifiedDiff(FILE, TEXT, edits),
    sameAs: null,
  };
}

export function unit(scenario: string, how: Partial<UnitResult> = {}): UnitResult {
  const found = { isComplete: true, reason: '', violations: [] };
  const counts = { ...NO_COUNTS, states: 7 };
  return { scenario, mmio: 'ept', memoryModel: 'sc', ...found, counts, ...how };
}

const unreached = (one: UnitResult): UnitResult => ({ ...one, skipped: 'not-reached' });
const UNITS = [unit(SEEN), unreached(unit(FIELDS))];

function violation(invariant: string, kind: Violation['kind'] = 'rule'): Violation {
  return { invariant, detail: 'SPTE', kind, isKnown: false };
}

/** A mutant that was run in one scenario, and breaks these invariants there. */
function ran(
  of: Mutant,
  verdict: VerdictWord,
  kills: readonly Violation[] = [],
  reason = '',
): MutantRun {
  const units = reason === NOT_REACHED ? UNITS.map(unreached) : UNITS;
  const all: Kill[] = kills.map((kill) => ({
    scenario: SEEN,
    mmio: 'ept',
    memoryModel: 'sc',
    ...kill,
  }));
  const [kill] = all;
  const schedule = `${of.id}@${SEEN}@sc@1v1u1f-ept@0.4-1.5@00000000`;
  const told = kill !== undefined && kill.kind !== 'crash';
  return {
    mutant: of,
    units,
    spared: 1,
    verdict: { id: of.id, kind: of.kind, verdict, kills: all, reason },
    story: told ? { kill, schedule, text: TABLE.replace('SCHEDULE', schedule) } : null,
    witness: null,
  };
}

const ADD = edit('old.generation + 1n', 'old.generation + 2n');
const SECOND = edit('slots.generation++;', '');
const WAIT = edit('synchronize_srcu_expedited();', '');
const MASK = edit('slots.generation & MASK', 'slots.generation');

const PLAIN = mutant('operator', 'install/no-sync.1', [WAIT], 'nobody waits for readers');
const STALE = violation('stale-after-update');

const RUNS: readonly MutantRun[] = [
  ran(mutant('control', 'controls/same', [edit('+ 1n', '+ 1n + 0n')], 'adds nothing'), 'survived'),
  ran(
    mutant('regression', 'history/single-increment', [ADD, SECOND], 'one increment, not two'),
    'killed',
    [STALE, violation('cache-effective-at-rest')],
  ),
  ran(
    { ...mutant('regression', 'history/no-wait', [WAIT], PLAIN.description), sameAs: PLAIN.id },
    'killed',
    [STALE],
  ),
  ran(
    mutant('operator', 'install/drop-increment.1', [ADD], 'the wrong first increment'),
    'unknown',
    [],
    `unknown: the budget of 5 states is spent in ${SEEN} ept sc`,
  ),
  ran(mutant('operator', 'install/drop-increment.2', [SECOND], 'no second increment'), 'survived'),
  ran(PLAIN, 'killed', [STALE]),
  ran(
    mutant('operator', 'install/wait-twice.1', [WAIT], 'waits for itself'),
    'deadlock',
    [violation('progress', 'stuck')],
    'the updater waits for ever',
  ),
  ran(mutant('operator', 'lookup/drop-mask.1', [MASK], 'no mask'), 'survived', [], NOT_REACHED),
  ran(
    mutant('operator', 'lookup/drop-mask.2', [MASK], 'no mask, and no value'),
    'killed',
    [violation('crash', 'crash')],
    'crash: SPTE',
  ),
];

const KNOWN: Violation = { ...violation('stale-in-window'), isKnown: true };

const REGRESSIONS = [
  REGRESSION,
  { ...REGRESSION, name: 'no-wait', commit: '0123456789ab', subject: 'kvm: wait for readers' },
];

const RESULT: RunResult = {
  sources: 'hash',
  regressions: REGRESSIONS,
  baselines: [
    {
      era: 'v3.17',
      units: [unit(SEEN, { violations: [KNOWN] }), unit(FIELDS)],
      coverage: [],
    },
  ],
  mutants: RUNS,
  pairs: [],
  pairing: null,
  refused: [],
  problems: [],
  isInterrupted: false,
};

/** One mutant for each way in which a run can come out. */
export const EVERY_WAY: RunReport = {
  result: RESULT,
  scenarios: SCENARIOS,
  regressions: REGRESSIONS,
  sources: new Map([[FILE, TEXT]]),
  leftOut: [],
};

/** All is as it must be. */
export const CLEAN: RunReport = withResult({
  mutants: RUNS.filter(({ verdict, mutant: { kind } }) =>
    kind === 'control' ? true : ['killed', 'deadlock'].includes(verdict.verdict),
  ),
});

/** Interrupted after three mutants. */
export const INTERRUPTED: RunReport = withResult({
  mutants: RUNS.slice(0, 3),
  isInterrupted: true,
});

/** The port itself breaks something, and a budget ran out. */
export const VOID: RunReport = withResult({
  mutants: RUNS.slice(0, 2),
  problems: [
    { text: 'v3.17 breaks zap-before-reuse: not known of the era', isUnknown: false },
    { text: 'v3.17 is not complete', isUnknown: true },
  ],
});

function withResult(changes: Partial<RunResult>): RunReport {
  return { ...EVERY_WAY, result: { ...RESULT, ...changes } };
}

/** The same run with another text wherever a text may come from outside. */
export function withText(text: string): RunReport {
  const { result } = EVERY_WAY;
  const mutants = result.mutants.map((run) => ({
    ...run,
    mutant: {
      ...run.mutant,
      description: text,
      diff: text,
      edits: run.mutant.edits.map((one) => ({ ...one, replacement: text })),
    },
    verdict: { ...run.verdict, reason: run.verdict.reason === '' ? '' : text },
    story: run.story === null ? null : { ...run.story, text },
  }));
  return {
    ...EVERY_WAY,
    result: { ...result, mutants },
    regressions: EVERY_WAY.regressions.map((one) => ({ ...one, subject: text })),
    leftOut: [text],
  };
}
