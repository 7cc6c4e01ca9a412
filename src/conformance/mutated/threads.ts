// SPDX-License-Identifier: GPL-2.0-only
// How is a race in the kernel lost for sure? A vCPU waits where it can be overtaken until it was,
// so that few attempts are enough whatever the host does meanwhile; attempts are counted, never
// time. The kernel as it stands is run in the same way before and after every mutant.

import { tracingLines } from '../kernel-events.ts';
import { hasPanicked } from '../machine.ts';
import { JUDGED_MIN, type StressResult } from '../result.ts';
import { about, type Recording } from '../serial.ts';
import { CANARY, isStressJudged, STRESS_MODES, type StressMode, stressResults } from '../stress.ts';
import { installLines, withoutInstallLines } from './race.ts';

/** Most microseconds that one side waits: who holds up the update itself would wait for ever. */
const WAIT_US = 5000;
/** Slots deleted and created again in one run; the first stale answer ends it. */
const ATTEMPTS = 60;
const CONTROL_ATTEMPTS = 25;
/** Only a guest that hangs runs for so many seconds. */
const SECONDS = 300;
/** Bits of stress.c. */
const [TRACED, IN_FLUX, FIRST] = [8, 16, 32];
const PUSH_OUT = 2;

export interface Shape extends StressMode {
  /** Where a vCPU waits: before a tag is made, or between a check and what it remembers. */
  readonly wait: 'kvm_wait_publish_us' | 'kvm_wait_end_us';
}

/** What the two threads do, and where the vCPU waits meanwhile. */
export const SHAPES: readonly Shape[] = [
  ...STRESS_MODES.map((mode) => ({
    ...mode,
    wait: mode.bits === 1 ? ('kvm_wait_publish_us' as const) : ('kvm_wait_end_us' as const),
  })),
  {
    bits: PUSH_OUT + IN_FLUX,
    text: 'another address while slots change',
    wait: 'kvm_wait_end_us',
  },
];

/** The file of a parameter of kvm.ko. */
export function parameter(name: string): string {
  return `/sys/module/kvm/parameters/${name}`;
}

/** Chooses the mutant that is alive; 0 is the kernel as it stands. */
export function choose(number: number): string {
  return `set ${parameter('kvm_mutant')} ${number}`;
}

/** The lines of a job for one mutant between two runs of the kernel as it stands. */
export function threadLines(run: string, number: number, isTraced: boolean): string[] {
  const control = (when: string) =>
    SHAPES.flatMap((shape) => shapeLines(`${run}.${when}`, shape, CONTROL_ATTEMPTS));
  return [
    choose(0),
    CANARY,
    ...control('before'),
    choose(number),
    ...SHAPES.flatMap((shape) => shapeLines(run, shape, ATTEMPTS)),
    ...(isTraced ? tracedLines(run) : []),
    choose(0),
    ...control('after'),
  ];
}

function shapeLines(run: string, { bits, wait }: Shape, attempts: number): string[] {
  return [
    `set ${parameter(wait)} ${WAIT_US}`,
    `stress ${run}.${bits} ${bits + FIRST} ${attempts} ${SECONDS}`,
    `set ${parameter(wait)} 0`,
  ];
}

/** Creates while a fault is handled, traced up to the first stale answer. */
function tracedLines(run: string): string[] {
  const wait = parameter('kvm_wait_publish_us');
  return [
    ...tracingLines(),
    ...installLines(),
    `set ${wait} ${WAIT_US}`,
    `stress ${run}.traced ${1 + TRACED + FIRST} ${ATTEMPTS} ${SECONDS}`,
    `set ${wait} 0`,
    ...withoutInstallLines(),
  ];
}

/** What the threads of one machine showed. */
export interface Threads {
  readonly stress: readonly StressResult[];
  /** The kernel as it stands, before and after. */
  readonly control: readonly StressResult[];
  readonly hasPanicked: boolean;
  readonly isStale: boolean;
  /** Enough was judged to say that nothing was stale. */
  readonly isEnough: boolean;
  /** Why the machine proves nothing; empty if it does. */
  readonly faults: readonly string[];
}

export function threadsOf(recording: Recording, run: string): Threads {
  const of = (name: string) =>
    stressResults(recording, 'nested paging', (bits) => `${name}.${bits}`, SHAPES);
  const stress = of(run);
  const control = [...of(`${run}.before`), ...of(`${run}.after`)];
  const panicked = hasPanicked(recording);
  // Who took the kernel with it has no run after it.
  const controls = panicked ? SHAPES.length : 2 * SHAPES.length;
  const faults: string[] = [];
  if (!isStressJudged(recording)) faults.push('a judge that lies found nothing: no judge does');
  if (control.length < controls || !control.every(isJudged))
    faults.push('the kernel as it stands told too little beside it');
  for (const [what] of about(recording, 'missing')) faults.push(`the kernel has no ${what}`);
  return {
    stress,
    control,
    hasPanicked: panicked,
    isStale: stress.some(isStale),
    isEnough:
      stress.length === SHAPES.length && stress.every((one) => isStale(one) || isJudged(one)),
    faults,
  };
}

export function isStale({ staleMmio, staleRam }: StressResult): boolean {
  return staleMmio + staleRam > 0;
}

function isJudged({ judged }: StressResult): boolean {
  return judged >= JUDGED_MIN;
}
