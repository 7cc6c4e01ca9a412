// SPDX-License-Identifier: GPL-2.0-only
// Level A: does the kernel as it stands do what the port of its era says? Sequences that the model
// made are run in the emulated machine, some of them traced, then two threads at once.

import { UserError } from '#user-error';
import { isCanaryNoticed } from './canary.ts';
import { linesOf, tokensOf } from './cases.ts';
import { type Comparison, compare, kindOf, shortest, type Told } from './compare.ts';
import { tracingLines } from './kernel-events.ts';
import type { Kernel } from './kernels.ts';
import { type Job, type Machine, runJob } from './machine.ts';
import { leastStories } from './minimise.ts';
import { seenOf } from './operations.ts';
import { type Area, areasOf, type Extent, pagingOf, type Systems } from './plan.ts';
import type { AreaResult, KernelResult, Story, StressResult, TraceResult } from './result.ts';
import { predict } from './sequences.ts';
import { about, type Recording } from './serial.ts';
import { isStressJudged, STRESS_MODES, stressLines, stressResults } from './stress.ts';
import { storyOf, validate } from './traces.ts';

/** Only a machine that hangs is ended: a busy host needs many times what an idle one does. */
const SECONDS = 600;

export interface Level {
  readonly systems: Systems;
  readonly extent: Extent;
  readonly onProgress: (what: string) => void;
}

/** Holds the ports against one kernel. Rejects with a UserError if it is interrupted. */
export async function holdKernel(
  machine: Machine,
  kernel: Kernel,
  level: Level,
): Promise<KernelResult> {
  const { systems, extent, onProgress } = level;
  const parts: Part[] = [];
  const started: Started[] = [];
  for (const npt of [true, false]) {
    onProgress(`${kernel.name}: sequences with ${pagingOf(npt)}`);
    const areas = areasOf(kernel.name, npt, systems, extent);
    const running = runJob(machine, sequencesJob(kernel, npt, areas));
    // Meanwhile the model works out what comes next; a rejection is met where it is awaited.
    running.catch(() => {});
    started.push({ npt, areas, running });
  }
  // Both have ended before any failure is told: no machine is left behind.
  await Promise.allSettled(started.map(({ running }) => running));
  for (const { npt, areas, running } of started) {
    const part = async () => partOf(machine, kernel, npt, areas, await running, onProgress);
    parts.push(await part().catch(onlyUnknown(machine)));
  }
  const stress: StressResult[] = [];
  const beside = (extent.stress > 0 ? [true, false] : []).map((npt) => {
    const running = runJob(machine, stressJob(kernel, npt, extent.stress));
    running.catch(() => {});
    return { npt, running };
  });
  for (const { npt, running } of beside) {
    onProgress(`${kernel.name}: two threads with ${pagingOf(npt)}`);
    const part = async () => {
      const recording = await running;
      const results = stressResults(recording, pagingOf(npt));
      stress.push(...results);
      const unknown = missingStress(results, npt);
      if (!isStressJudged(recording))
        unknown.push('a judge that lies found nothing: no judge does');
      return { ...EMPTY, warnings: warningsOf(recording), unknown };
    };
    parts.push(await part().catch(onlyUnknown(machine)));
  }
  return {
    name: kernel.name,
    package: kernel.package,
    version: kernel.version,
    areas: parts.flatMap((part) => part.areas),
    traces: parts.flatMap((part) => part.traces),
    stress,
    mutants: [],
    selftests: [],
    selftestFaults: [],
    void: [],
    race: [],
    modelRace: '',
    stories: parts.flatMap((part) => part.stories),
    warnings: parts.flatMap((part) => part.warnings),
    unknown: parts.flatMap((part) => part.unknown),
  };
}

interface Started {
  readonly npt: boolean;
  readonly areas: readonly Area[];
  readonly running: Promise<Recording>;
}

type Part = Pick<KernelResult, 'areas' | 'traces' | 'stories' | 'warnings' | 'unknown'>;

const EMPTY: Part = { areas: [], traces: [], stories: [], warnings: [], unknown: [] };

/** A machine that does not come to its end costs its own part of the result, and no other. */
function onlyUnknown({ signal }: Machine): (error: unknown) => Part {
  return (error) => {
    if (!(error instanceof UserError) || signal?.aborted === true) throw error;
    return { ...EMPTY, unknown: [error.message] };
  };
}

function jobName(kernel: Kernel, npt: boolean, what: string): string {
  return `${kernel.name}-${npt ? 'npt' : 'shadow'}-${what}`;
}

function sequencesJob(kernel: Kernel, npt: boolean, areas: readonly Area[]): Job {
  const lines = [
    ...areas.flatMap(({ batch }) => linesOf(batch)),
    ...tracingLines(),
    ...areas.flatMap(({ traced }) => linesOf(traced)),
  ];
  return { name: jobName(kernel, npt, 'sequences'), kernel, npt, cpus: 1, lines, seconds: SECONDS };
}

function stressJob(kernel: Kernel, npt: boolean, attempts: number): Job {
  const name = jobName(kernel, npt, 'two-threads');
  return { name, kernel, npt, cpus: 2, lines: stressLines(attempts), seconds: SECONDS };
}

async function partOf(
  machine: Machine,
  kernel: Kernel,
  npt: boolean,
  areas: readonly Area[],
  recording: Recording,
  onProgress: (what: string) => void,
): Promise<Part> {
  const results: AreaResult[] = [];
  const traces: TraceResult[] = [];
  const stories: Story[] = [];
  const unknown: string[] = about(recording, 'missing').map(
    ([what]) => `the kernel has no ${what}`,
  );
  for (const area of areas) {
    const result = areaResult(area, recording);
    if (!isCanaryNoticed(area.batch, recording))
      unknown.push(`${result.alphabet}: a model that never forgets is not told from the kernel`);
    results.push(result);
    const trace = traceResult(area, recording);
    traces.push(trace.result);
    unknown.push(...trace.unknown);
    if (result.unexplained.length > 0) {
      onProgress(`${kernel.name}: the least sequence that the model does not explain`);
      const run = (lines: readonly string[]) =>
        runJob(machine, {
          name: jobName(kernel, npt, 'least'),
          kernel,
          npt,
          cpus: 1,
          lines,
          seconds: SECONDS,
        });
      stories.push(...(await leastStories(area, result.unexplained, run)));
    }
  }
  return { areas: results, traces, stories, warnings: warningsOf(recording), unknown };
}

function areaResult(area: Area, recording: Recording): AreaResult {
  const { batch, model, isOwnEra } = area;
  const tokens = tokensOf(batch, recording);
  const found = withoutBefore(area, compare(batch.sequences, tokens), tokens);
  const { sequences, agreed, accesses, notCompared, unknown } = found;
  // A kernel that is right everywhere was mended; one that is so here and there is not understood.
  const isMended = found.confirmed.length === 0;
  return {
    alphabet: batch.alphabet.name,
    paging: batch.paging,
    era: model.system.era,
    isOwnEra,
    sequences,
    agreed,
    accesses,
    notCompared,
    confirmed: shortest(found.confirmed),
    either: shortest(found.either),
    mended: isMended ? shortest(found.mended) : [],
    asBefore: shortest(found.asBefore),
    unexplained: shortest([...found.unexplained, ...(isMended ? [] : found.mended)]),
    unknown,
  };
}

/** What the port of the era before explains is taken out of what the kernel's own does not. */
function withoutBefore(
  { before, batch }: Area,
  found: Comparison,
  tokens: readonly (readonly string[] | null)[],
): Comparison & { readonly asBefore: readonly Told[] } {
  if (before === null) return { ...found, asBefore: [] };
  const isAsBefore = (told: Told): boolean => {
    const i = batch.sequences.findIndex(({ word }) => word.startsWith(told.word));
    const [sequence] = predict(before, [told.word]);
    return sequence!.steps.every(({ port }, at) => seenOf(tokens[i]?.[at] ?? '') === port);
  };
  const split = (all: readonly Told[]) =>
    [all.filter(isAsBefore), all.filter((t) => !isAsBefore(t))] as const;
  const [asBefore, unexplained] = split(found.unexplained);
  const [mendedBefore, mended] = split(found.mended);
  return { ...found, unexplained, mended, asBefore: [...asBefore, ...mendedBefore] };
}

function traceResult(
  { traced, watched, watchedBefore, model }: Area,
  recording: Recording,
): { readonly result: TraceResult; readonly unknown: readonly string[] } {
  const { sequences, events, faults, unknown } = validate(
    traced,
    watched,
    recording,
    watchedBefore,
  );
  const [first] = watched;
  const isWrong =
    first?.some(({ port, allowed }) => kindOf(port, port, allowed) === 'confirmed') === true;
  const title = `${model.paging}: ${traced.sequences[0]?.word ?? ''}`;
  const story = isWrong ? storyOf(title, traced, 0, first!, recording) : null;
  return {
    result: { paging: model.paging, era: model.system.era, sequences, events, faults, story },
    unknown: unknown.map((word) => `the trace of ${word} (${model.paging}) is not whole`),
  };
}

function warningsOf(recording: Recording): string[] {
  return about(recording, 'kernel').map((words) => words.join(' '));
}

function missingStress(results: readonly StressResult[], npt: boolean): string[] {
  const lost = STRESS_MODES.length - results.length;
  return lost === 0 ? [] : [`${lost} runs of two threads with ${pagingOf(npt)} told nothing`];
}
