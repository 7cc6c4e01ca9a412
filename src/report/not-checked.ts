// SPDX-License-Identifier: GPL-2.0-only
// What does a clean result not say? Every report ends with it.

import { wrapText } from './texts.ts';

const LIMITS: readonly string[] = [
  'sizes beyond those of the scenarios',
  'reordering of independent loads',
  'what a compiler may do to plain loads',
  'two updaters at once',
  'MMU notifiers',
  'TLB flushing',
  'nested guests',
  'SMM address spaces',
  'SEV and TDX',
  'the emulator',
  'performance beyond whether the caches hit',
];

/** The last lines of a report. `more`: what this run in particular left out. */
export function notCheckedText(more: readonly string[] = []): string {
  return `${wrapText(`Not checked: ${[...more, ...LIMITS].join(', ')}.`, 80).join('\n')}\n`;
}
