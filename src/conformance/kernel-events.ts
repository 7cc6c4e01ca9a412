// SPDX-License-Identifier: GPL-2.0-only
// What did the kernel do inside, operation by operation? Its tracepoints between the marks of the
// probe, as events that the model has too. All else of a trace is left alone.

import { FIRST_GFN } from './operations.ts';
import { about, type Recording } from './serial.ts';

/** What both model and kernel show of their MMIO caches; generations are as each counts them. */
export type MmuEvent =
  /** An MMIO entry of a gfn was written with a generation. */
  | { readonly kind: 'tag'; readonly gfn: number; readonly generation: number }
  /** The generation of an entry was compared with the current one. */
  | {
      readonly kind: 'check';
      readonly entry: number;
      readonly current: number;
      readonly isValid: boolean;
    }
  /** A fault was taken for MMIO because of an entry. */
  | { readonly kind: 'hit'; readonly gfn: number };

/** The tracepoints, below events/. */
export const TRACEPOINTS = [
  'kvmmmu/mark_mmio_spte',
  'kvmmmu/check_mmio_spte',
  'kvmmmu/handle_mmio_page_fault',
  'kvmmmu/kvm_mmu_unsync_page',
  'kvmmmu/kvm_mmu_sync_page',
  'kvmmmu/kvm_mmu_zap_all_fast',
  'kvm/kvm_page_fault',
  'kvm/kvm_mmio',
] as const;

const TRACING = '/sys/kernel/tracing';

/** Lines of a job that turn tracing on for the traced cases that follow. */
export function tracingLines(): string[] {
  return [
    `set ${TRACING}/tracing_on 0`,
    `set ${TRACING}/buffer_size_kb 4096`,
    ...TRACEPOINTS.map((name) => `set ${TRACING}/events/${name}/enable 1`),
  ];
}

/** What was traced of one operation. */
export interface TracedOperation {
  readonly events: readonly MmuEvent[];
  /** Names of all tracepoints that were hit, with what they said. */
  readonly lines: readonly string[];
}

/**
 * The operations of a traced case, its setup included; null if the trace is not whole: lines are
 * lost, or an operation does not end.
 */
export function tracedOperations(recording: Recording, id: string): TracedOperation[] | null {
  const lines = recording.records.flatMap((text) =>
    text.startsWith(`trace ${id} `) ? [text.slice(`trace ${id} `.length)] : [],
  );
  const [, count] = about(recording, 'traced').find(([name]) => name === id) ?? [];
  if (count === undefined || Number(count) !== lines.length) return null;
  const operations: TracedOperation[] = [];
  let open: { events: MmuEvent[]; lines: string[] } | null = null;
  for (const line of lines) {
    const [, name, text] = /\]\s+\S+\s+\d+\.\d+: (\w+): (.*)$/.exec(line) ?? [];
    if (name === undefined || text === undefined) continue;
    if (name === 'tracing_mark_write') {
      const [, number, word] = /^op (\d+) .*(begin|end)$/.exec(text) ?? [];
      if (word === undefined) continue;
      if ((word === 'begin') !== (open === null) || Number(number) !== operations.length)
        return null;
      if (open === null) open = { events: [], lines: [] };
      else {
        operations.push(open);
        open = null;
      }
    } else if (open !== null) {
      const event = eventOf(name, text);
      if (event !== null) open.events.push(event);
      open.lines.push(`${name}: ${text}`);
    }
  }
  return open === null ? operations : null;
}

/** A tracepoint as an event; null for those that the model does not have. */
export function eventOf(name: string, text: string): MmuEvent | null {
  const field = (pattern: RegExp) => Number.parseInt(pattern.exec(text)?.[1] ?? '', 16);
  const gfn = field(/\bgfn ([0-9a-f]+)/) - FIRST_GFN;
  const generation = field(/(?:^|\s)gen ([0-9a-f]+)/);
  if (name === 'mark_mmio_spte') return known({ kind: 'tag', gfn, generation });
  if (name === 'handle_mmio_page_fault') return known({ kind: 'hit', gfn });
  if (name !== 'check_mmio_spte') return null;
  const isValid = field(/\bvalid ([01])\b/) === 1;
  const [entry, current] = [field(/spte-gen ([0-9a-f]+)/), field(/kvm_gen ([0-9a-f]+)/)];
  return known({ kind: 'check', entry, current, isValid });
}

/** Null if a number is missing. */
function known(event: MmuEvent): MmuEvent | null {
  return Object.values(event).some((value) => Number.isNaN(value)) ? null : event;
}
