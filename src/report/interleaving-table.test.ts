// SPDX-License-Identifier: GPL-2.0-only
// What do the tables say that the project is about? Each is found, written down as a schedule, read
// back, replayed in a new world and compared with a file that was read like a patch.

import { describe, expect, test } from 'vitest';
import { findCounterexample } from '#explorer/counterexample';
import type { MemoryModel, Program } from '#explorer/program';
import { type Replayed, replay } from '#explorer/replay';
import { emit, type RunEvent } from '#explorer/run';
import { parseSchedule, scheduleText, shortHash, turnsText } from '#explorer/schedule';
import { allMutants } from '#lab/registry';
import { loadSystem } from '#lab/variants';
import type { EraName } from '#vocabulary';
import { programOf } from '../../suites/program.ts';
import { atSizes, createSlot, deleteSlot, hostOf, M, X } from '../../suites/scenario.ts';
import { programOf as litmusProgram } from '../explorer/litmus/litmus.ts';
import { interleavingTable } from './interleaving-table.ts';
import { sizeText } from './texts.ts';

interface Story {
  /** Name of the golden file. */
  readonly name: string;
  readonly subject: string;
  readonly invariant: string;
  /** Kind of the event and, if it matters, the end of its detail. */
  readonly event: readonly [kind: string, detail?: string];
  readonly vcpus: number;
  readonly exits: readonly bigint[];
  readonly updates?: 1 | 2;
  readonly mmio?: 'ept' | 'shadow';
}

const STALE = { invariant: 'stale-after-update', event: ['stale-after-update'] } as const;
const ONE = { vcpus: 1, exits: [X] } as const;
const TWO = { vcpus: 2, exits: [X] } as const;
const INSTALL = 'v3.17/install_new_memslots';

const STORIES: readonly Story[] = [
  {
    name: 'v3.16-stale-spte',
    subject: 'v3.16',
    invariant: 'stale-after-update',
    event: ['stale-after-update', 'SPTE'],
    vcpus: 1,
    exits: [X, M],
  },
  { name: 'v3.16-stale-vcpu-cache', subject: 'v3.16', ...STALE, ...ONE },
  { name: 'single-increment', subject: 'v3.17/history/single-increment', ...STALE, ...ONE },
  {
    name: 'vcpu-cache-without-generation',
    subject: 'v3.17/history/vcpu-cache-without-generation',
    ...STALE,
    ...ONE,
  },
  {
    name: 'biased-generation',
    subject: 'v3.17/history/biased-generation',
    invariant: 'stale-in-window',
    event: ['stale-in-window', 'SPTE'],
    ...TWO,
  },
  {
    name: 'drop-increment.1',
    subject: `${INSTALL}/drop-increment.1`,
    invariant: 'cache-effective-at-rest',
    event: ['cache-effective-at-rest'],
    ...ONE,
  },
  { name: 'drop-increment.2', subject: `${INSTALL}/drop-increment.2`, ...STALE, ...ONE },
  {
    name: 'drop-increment.2-warns',
    subject: `${INSTALL}/drop-increment.2`,
    invariant: 'no-kernel-warning',
    event: ['WARN'],
    ...ONE,
    updates: 2,
  },
  {
    name: 'drop-first-keep-parity',
    subject: `${INSTALL}/drop-first-keep-parity.1`,
    ...STALE,
    ...TWO,
  },
  {
    name: 'keep-low-bit-shadow',
    subject: 'v3.17/MMIO_GEN_LOW_MASK/keep-low-bit.1',
    ...STALE,
    ...TWO,
    mmio: 'shadow',
  },
  { name: 'no-sync', subject: `${INSTALL}/no-sync.1`, ...STALE, ...ONE },
  {
    name: 'no-sync-use-after-free',
    subject: `${INSTALL}/no-sync.1`,
    invariant: 'protected-access',
    event: ['use-after-free'],
    ...ONE,
  },
  {
    name: 'second-increment-before-sync',
    subject: `${INSTALL}/second-increment-before-sync.1`,
    ...STALE,
    ...ONE,
  },
];

const MUTANTS = new Map((await allMutants()).map((mutant) => [mutant.id, mutant]));

const memoryModel: MemoryModel = 'sc';

/** Finds the counterexample of a story, and replays it from its string. */
async function tell(story: Story) {
  const { subject, vcpus, exits } = story;
  const mutant = subject.includes('/') ? MUTANTS.get(subject)! : null;
  const system = await loadSystem(subject.split('/')[0] as EraName, mutant);
  const updates = [createSlot(0, X), deleteSlot(0, X)].slice(0, story.updates ?? 1);
  const mmio = story.mmio ?? 'ept';
  const size = { vcpus, exits, budgetStates: 1e6 };
  const [scenario] = atSizes({ id: 'mmio-cache/golden', updates, host: { mmio: [mmio] } }, [size]);
  const fresh = (): Program =>
    programOf(system, scenario!, {
      host: hostOf(scenario!.host, mmio),
      memoryModel,
      wantLogs: false,
    });
  const [kind, detail = ''] = story.event;
  const breaks = (event: RunEvent) => event.kind === kind && event.detail.endsWith(detail);
  const found = findCounterexample(fresh(), breaks, { memoryModel, budgetStates: 1e6 });
  if (found.kind !== 'found') throw new Error(`${subject}: ${found.kind}`);
  const schedule = scheduleText({
    subject,
    scenario: scenario!.id,
    memoryModel,
    bounds: `${vcpus}v${updates.length}u${exits.length}f-${mmio}`,
    turns: found.turns,
    hash: shortHash(''),
  });
  const again = () => replay(fresh(), parseSchedule(schedule).turns, memoryModel);
  const table = (replayed: Replayed, isVerbose: boolean) =>
    interleavingTable(replayed, {
      subject,
      description: mutant?.description ?? null,
      scenario: scenario!.id,
      size: sizeText({ scenario: scenario!, mmio }),
      invariant: story.invariant,
      breaks,
      schedule,
      isVerbose,
    });
  return { again, table, breaks };
}

describe.each(STORIES)('the table of $name', (story) => {
  test('tells what the golden file tells, and fits a screen', async () => {
    const { again, table, breaks } = await tell(story);
    const replayed = again();
    expect(replayed.events.some(breaks)).toBe(true);
    const text = table(replayed, false);
    await expect(text).toMatchFileSnapshot(`./golden/${story.name}.txt`);
    const lines = text.split('\n');
    expect(lines.filter((line) => line.length > 100 && !line.startsWith('replay:'))).toEqual([]);
    expect(text).toMatch(/^[\x20-\x7e\n]*$/);
    expect(text).toContain('\n  => ');
    expect(table(again(), false)).toBe(text);
  });
});

test('the verbose table has every step, each with the line of the port it stands on', async () => {
  const { again, table } = await tell(STORIES.find(({ name }) => name === 'single-increment')!);
  const replayed = again();
  const text = table(replayed, true);
  await expect(text).toMatchFileSnapshot('./golden/single-increment-verbose.txt');
  const numbers = [...text.matchAll(/^ *(\d+) /gm)].map(([, number]) => Number(number));
  const count = replayed.rows.length + replayed.atRest.length;
  expect(numbers).toEqual(Array.from({ length: count }, (_, i) => i + 1));
});

test('a delayed store is a row, and so is its reaching memory', async () => {
  const fresh = () => {
    const program = litmusProgram({
      threads: [
        (s) => {
          s.x = 1;
          s.y = 1;
          return [];
        },
        (s) => {
          const [y, x] = [s.y, s.x];
          if (y === 1 && x === 0) emit('reordered', 'the second store was seen first');
          return [];
        },
      ],
      outcomes: { sc: [], 'pso-release': [] },
      bad: '',
    });
    return program;
  };
  const breaks = ({ kind }: RunEvent) => kind === 'reordered';
  const options = { memoryModel: 'pso-release', budgetStates: 1e4 } as const;
  const found = findCounterexample(fresh(), breaks, options);
  if (found.kind !== 'found') throw new Error(found.kind);
  // What comes after the event is told too, if the schedule goes on.
  const turns = [...found.turns, { thread: 0, flush: 0 }];
  const text = interleavingTable(replay(fresh(), turns, 'pso-release'), {
    subject: 'message passing',
    description: null,
    scenario: 'litmus/message-passing-with-plain-stores',
    size: '2 threads',
    invariant: 'reordered',
    breaks,
    schedule: turnsText(turns),
    isVerbose: true,
  });
  await expect(text).toMatchFileSnapshot('./golden/delayed-store.txt');
});
