// SPDX-License-Identifier: GPL-2.0-only
// What does a clean result not say? Every report ends with it, as far as it is true of the eras
// that the report is about.

import type { EraName } from '#vocabulary';
import { wrapText } from './texts.ts';

interface Limit {
  readonly text: string;
  /** The eras whose ports or scenarios leave it out; null: all. */
  readonly eras: readonly EraName[] | null;
}

const everywhere = (text: string): Limit => ({ text, eras: null });

const LIMITS: readonly Limit[] = [
  everywhere('sizes beyond those of the scenarios'),
  everywhere('reordering of independent loads'),
  everywhere('what a compiler may do to plain loads'),
  everywhere('two updaters at once'),
  { text: 'MMU notifiers', eras: ['v3.16', 'v3.17', 'v3.19', 'v5.11'] },
  { text: 'MMU notifiers of several ranges at once', eras: ['v6.12'] },
  everywhere('TLB flushing'),
  { text: 'nested guests', eras: ['v3.16', 'v3.17', 'v3.19'] },
  {
    text: "nested guests beyond their vCPU's cache, its lookups and AMD's nested page tables",
    eras: ['v5.11', 'v6.12'],
  },
  { text: 'a vCPU that enters SMM within an exit', eras: ['v5.11', 'v6.12'] },
  everywhere('SEV and TDX'),
  everywhere('the emulator'),
  everywhere('performance beyond whether the caches hit'),
];

/**
 * The last lines of a report about these eras. `more`: what this run in particular left out. What
 * only some of the eras leave out comes with their names.
 */
export function notCheckedText(eras: readonly EraName[], more: readonly string[] = []): string {
  const limits = LIMITS.flatMap((limit) => limitText(limit, eras));
  return `${wrapText(`Not checked: ${[...more, ...limits].join(', ')}.`, 80).join('\n')}\n`;
}

function limitText({ text, eras: those }: Limit, eras: readonly EraName[]): string[] {
  if (those === null) return [text];
  const here = eras.filter((era) => those.includes(era));
  if (here.length === 0) return [];
  return [here.length === eras.length ? text : `${text} (${here.join(', ')})`];
}
