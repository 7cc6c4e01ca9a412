// SPDX-License-Identifier: GPL-2.0-only
// What does a race look like in the kernel? The trace of two threads up to the first stale answer,
// in two columns like the tables of the explorer.

import { eventOf } from '../kernel-events.ts';
import { FIRST_GFN } from '../operations.ts';
import type { Recording } from '../serial.ts';

export interface RaceRow {
  /** Microseconds since the first row. */
  readonly time: number;
  readonly thread: 'vCPU' | 'updater';
  readonly text: string;
}

const TRACING = '/sys/kernel/tracing';
const INSTALL = 'kvm:kvm_swap_active_memslots';

/** Where an install begins, publishes and ends, and where a fault has found no slot. */
const KPROBES: readonly (readonly [name: string, definition: string])[] = [
  ['swap', `p:swap ${INSTALL}`],
  ['published', 'p:published kvm:kvm_mutants_publish'],
  ['synce', 'r:synce synchronize_srcu_expedited'],
  ['genupd', 'p:genupd kvm:kvm_arch_memslots_updated gen=$arg2:x64'],
  ['swapend', 'p:swapend kvm:kvm_mutants_end'],
  ['noslot', 'p:noslot kvm:kvm_mutants_wait_publish'],
];

/** Lines of a job that make installs seen, and that hide them again. */
export function installLines(): string[] {
  return [
    ...KPROBES.map(([, definition]) => `set ${TRACING}/kprobe_events ${definition}`),
    ...KPROBES.map(([name]) => `set ${TRACING}/events/kprobes/${name}/enable 1`),
  ];
}

export function withoutInstallLines(): string[] {
  return KPROBES.map(([name]) => `set ${TRACING}/events/kprobes/${name}/enable 0`);
}

const ROWS_MAX = 40;

/** The last install before the first stale answer, and all after it; empty if there is none. */
export function raceOf(recording: Recording, id: string): RaceRow[] {
  const prefix = `trace ${id} `;
  const rows: (RaceRow & { readonly name: string })[] = [];
  let isInstalling = false;
  for (const record of recording.records) {
    if (!record.startsWith(prefix)) continue;
    const [, cpu, seconds, name, detail] =
      /\[0*(\d+)\]\s+\S+\s+(\d+\.\d+): (\w+): (.*)$/.exec(record) ?? [];
    if (name === undefined || detail === undefined) continue;
    if (name === 'swap') isInstalling = true;
    if (name === 'swapend') isInstalling = false;
    // Others wait for readers too.
    if (name === 'synce' && !isInstalling) continue;
    const text = textOf(name, detail);
    if (text === null) continue;
    const thread = cpu === '0' ? 'vCPU' : 'updater';
    rows.push({ name, thread, text, time: Math.round(Number(seconds) * 1e6) });
  }
  const start = rows.findLastIndex(({ name }) => name === 'swap');
  if (start < 0) return [];
  // The access that the install overtakes began before it.
  const overtaken = rows
    .slice(0, start)
    .findLastIndex(({ name, thread }) => thread === 'vCPU' && name === 'kvm_page_fault');
  const shown = withoutRepeats(rows.slice(overtaken < 0 ? start : overtaken)).slice(0, ROWS_MAX);
  const [first] = shown;
  return shown.map(({ time, thread, text }) => ({ time: time - first!.time, thread, text }));
}

/** What a vCPU does again and again while nobody else does anything is told once. */
function withoutRepeats(rows: readonly RaceRow[]): RaceRow[] {
  const kept: RaceRow[] = [];
  for (const row of rows) {
    const last = kept.slice(-2);
    const isAlone = last.every(({ thread }) => thread === 'vCPU') && row.thread === 'vCPU';
    if (isAlone && last.some(({ text }) => text === row.text)) continue;
    kept.push(row);
  }
  return kept;
}

/** A record of the trace in words; null for what tells nothing here. */
function textOf(name: string, detail: string): string | null {
  const event = eventOf(name, detail);
  const hex = (value: number) => `0x${value.toString(16)}`;
  if (event?.kind === 'tag') return `gfn ${hex(event.gfn)} is tagged ${hex(event.generation)}`;
  if (event?.kind === 'hit') return `an entry says MMIO at gfn ${hex(event.gfn)}`;
  if (event?.kind === 'check') {
    const { entry, current, isValid } = event;
    return `tag ${hex(entry)} is ${isValid ? 'valid' : 'old'} at ${hex(current)}`;
  }
  if (name === 'swap') return 'install begins';
  if (name === 'published') return 'the new slots are published';
  if (name === 'noslot') return 'finds no slot';
  if (name === 'synce') return 'synchronize_srcu_expedited() ends';
  if (name === 'genupd')
    return `the final number is ${/gen=(0x[0-9a-f]+)/.exec(detail)?.[1] ?? '?'}`;
  if (name === 'swapend') return 'install is over';
  if (name === 'kvm_mmio' && detail.startsWith('mmio read'))
    return 'userspace answers for a device';
  const [, address = ''] = /address 0x0*([0-9a-f]+) /.exec(detail) ?? [];
  const gfn = Number.parseInt(address, 16) >> 12;
  return name === 'kvm_page_fault' && gfn >= FIRST_GFN
    ? `fault at gfn ${hex(gfn - FIRST_GFN)}`
    : null;
}
