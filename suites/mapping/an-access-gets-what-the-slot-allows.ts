// SPDX-License-Identifier: GPL-2.0-only
// Reads, writes and fetches, where there is no slot, a plain one, or one that is read-only: is the
// page mapped, at its gfn only and with the rights of the slot, and is the rest emulated?

import type { AccessKind, AccessMode, HostConfig, Vm } from '#vocabulary';
import { pageAt, setMemoryRegion } from '../memory-map.ts';
import {
  BOTH_MASKS,
  createSlot,
  M,
  type SequentialScenario,
  type Subject,
  type Update,
  X,
  Y,
} from '../scenario.ts';
import { ALL_ACCESS, ramEntry } from '../spte-rules.ts';

const PAGE = 0x1000n;
const READONLY = 2;
const GFNS: readonly bigint[] = [X, X + 1n, Y, M];
const MODES: readonly AccessMode[] = ['read', 'write', 'fetch'];
/** A slot of two pages: the page that is accessed is not the first one. */
const GFN = X + 1n;
const PLAIN = createSlot(0, X, 2n);
const READ_ONLY: Update = {
  text: 'create a read-only slot',
  region: { ...PLAIN.region, flags: READONLY },
};

/** What is accessed, and the answers: the last one is given for ever. */
interface Case {
  readonly text: string;
  readonly update: Update | null;
  readonly modes: readonly AccessMode[];
  readonly answers: readonly AccessKind[];
}

const CASES: readonly Case[] = [
  { text: 'MMIO', update: null, modes: MODES, answers: ['mmio-lookup', 'mmio-vcpu'] },
  { text: 'RAM', update: PLAIN, modes: MODES, answers: ['mapped', 'ram'] },
  {
    text: 'read-only RAM',
    update: READ_ONLY,
    modes: ['read', 'fetch'],
    answers: ['mapped', 'ram'],
  },
  {
    text: 'a write to read-only RAM',
    update: READ_ONLY,
    modes: ['write'],
    answers: ['mmio-lookup', 'mmio-lookup'],
  },
];

export const scenario: SequentialScenario = {
  kind: 'sequential',
  id: 'mapping/an-access-gets-what-the-slot-allows',
  eras: null,
  gfns: GFNS,
  host: BOTH_MASKS,
  check: (subject) => {
    let checked = 0;
    for (const changes of hostsOf(subject.host)) {
      for (const one of CASES) {
        for (const mode of one.modes) {
          checked += subject.fresh(changes, (vm) => checkCase(subject, vm, one, mode));
          if (one.update === null || mode === 'write') continue;
          checked += subject.fresh(changes, (vm) => checkStale(subject, vm, one, mode));
        }
      }
    }
    return checked;
  },
};

/** The shadow mask marks the entries of AMD's nested paging as well. */
function hostsOf({ mmio }: HostConfig): readonly Partial<HostConfig>[] {
  return mmio === 'ept' ? [{}] : [{}, { npt: true }];
}

function checkCase(subject: Subject, vm: Vm, one: Case, mode: AccessMode): number {
  if (one.update !== null) vm.setMemoryRegion(one.update.region);
  const vcpu = vm.vcpu(null);
  checkAnswers(subject, vm, vcpu, one, mode);
  // Whatever the first fault took, the next one can take as well.
  const elsewhere = vm.access(vcpu, Y * PAGE, mode).kind;
  if (elsewhere !== 'mmio-lookup')
    subject.report('memory-as-asked', `after ${one.text}, ${mode}: MMIO is ${elsewhere}`);
  if (one.update === READ_ONLY && mode === 'write') checkReadAndWrite(subject, vm, vcpu);
  return one.answers.length + 1;
}

function checkAnswers(
  { host, report }: Subject,
  vm: Vm,
  vcpu: object,
  { text, update, answers }: Case,
  mode: AccessMode,
): void {
  const say = (invariant: string, detail: string) =>
    report(invariant, `${text}, ${mode}: ${detail}`);
  const page = update === null ? null : pageOf(update, host);
  for (const expected of answers) {
    const { kind, pfn } = vm.access(vcpu, GFN * PAGE + 0x123n, mode);
    if (kind !== expected) say('memory-as-asked', `${kind}, not ${expected}`);
    if (kind === 'ram' && pfn !== page) say('memory-as-asked', 'another page is reached');
  }
  for (const gfn of GFNS) {
    if (gfn !== GFN && vm.spte(gfn) !== 0n)
      say('fault-stays-in-place', 'an entry is made at another gfn');
  }
  const spte = vm.spte(GFN);
  if (update === null) return;
  if (!answers.includes('mapped')) {
    if (spte !== 0n) say('fault-stays-in-place', 'an entry is made for nothing');
    return;
  }
  const isHostWritable = (update.region.flags & READONLY) === 0;
  const asked = { gfn: GFN, pfn: page!, access: ALL_ACCESS, isSpeculative: false, isHostWritable };
  if (spte !== ramEntry(host, asked)) say('spte-bits', 'an SPTE of RAM has other bits');
}

/** The page of userspace that the update puts behind the gfn. */
function pageOf({ region }: Update, { userMemSlots }: HostConfig): bigint {
  return pageAt(setMemoryRegion(new Map(), region, userMemSlots).map, { gfn: GFN, space: 0 })!;
}

/** A page that is mapped for reading still cannot be written, and stays mapped. */
function checkReadAndWrite({ report }: Subject, vm: Vm, vcpu: object): void {
  const kinds = (['read', 'write', 'read', 'fetch'] as const).map(
    (mode) => vm.access(vcpu, GFN * PAGE, mode).kind,
  );
  if (kinds.join() !== 'mapped,mmio-lookup,ram,ram')
    report('memory-as-asked', `read-only RAM, read and then written: ${kinds.join(', ')}`);
}

/** The slot is created over an MMIO SPTE, which a fault finds too old. */
function checkStale(subject: Subject, vm: Vm, one: Case, mode: AccessMode): number {
  vm.access(vm.vcpu(null), GFN * PAGE, mode);
  vm.setMemoryRegion(one.update!.region);
  const stale = { ...one, text: `${one.text} that was MMIO` };
  checkAnswers(subject, vm, vm.vcpu(null), stale, mode);
  return one.answers.length;
}
