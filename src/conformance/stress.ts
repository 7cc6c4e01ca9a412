// SPDX-License-Identifier: GPL-2.0-only
// What does a vCPU see while another thread takes its memory away and gives it back? The probe
// judges only accesses during which the slots rested, so that no judgement can be a false alarm.

import type { StressResult } from './result.ts';
import { about, type Recording } from './serial.ts';

/** A shape of a run, by the bits that stress.c knows. */
export interface StressMode {
  readonly bits: number;
  readonly text: string;
}

export const STRESS_MODES: readonly StressMode[] = [
  { bits: 0, text: 'rests after each change' },
  { bits: 1, text: 'creates while a fault is handled' },
  { bits: 2, text: 'another address in between' },
];

/** Only a guest that hangs runs for so many seconds. */
const SECONDS = 300;

/** A judge that lies: if it finds nothing wrong, no judge does. */
export const CANARY = `stress canary 4 2 ${SECONDS}`;

/** The lines of a job: in each shape, slots are deleted and created so many times. */
export function stressLines(attempts: number): string[] {
  return [
    CANARY,
    ...STRESS_MODES.map(({ bits }) => `stress ${bits} ${bits} ${attempts} ${SECONDS}`),
  ];
}

/** Did the judge that lies find something wrong? */
export function isStressJudged(recording: Recording): boolean {
  const words = about(recording, 'stress').find(([id]) => id === 'canary') ?? [];
  return Number(words[words.indexOf('stale-mmio') + 1]) > 0;
}

/** What the probe told of each shape; those of which it told nothing are missing. */
export function stressResults(
  recording: Recording,
  paging: StressResult['paging'],
  idOf: (bits: number) => string = String,
  modes: readonly StressMode[] = STRESS_MODES,
): StressResult[] {
  return modes.flatMap(({ bits, text }) => {
    const words = about(recording, 'stress').find(([id]) => id === idOf(bits)) ?? [];
    const value = (name: string) => Number(words[words.indexOf(name) + 1]);
    const [cycles, judged, notJudged, staleMmio, staleRam] = [
      'cycles',
      'judged',
      'other',
      'stale-mmio',
      'stale-ram',
    ].map(value) as [number, number, number, number, number];
    const numbers = { cycles, judged, notJudged, staleMmio, staleRam };
    if (Object.values(numbers).some((n) => !Number.isSafeInteger(n))) return [];
    return [{ paging, mode: text, ...numbers }];
  });
}
