// SPDX-License-Identifier: GPL-2.0-only
// How does a scenario become a program for the explorer? The host of every interleaving scenario:
// it boots the system under test, gives each vCPU its exits and the updater its calls, and asks the
// oracle about everything that the guest sees.

import type { MemoryModel, Program, Thread } from '#explorer/program';
import { emit, runDirectly } from '#explorer/run';
import type { Value } from '#explorer/world';
import { type Granularity, World } from '#explorer/world';
import type {
  Access,
  AddressSpace,
  CachedMmio,
  HostConfig,
  RulesName,
  SystemUnderTest,
  Vcpu,
  Vm,
} from '#vocabulary';
import { type AtRest, vcpuAtRest, vmAtRest, warnOfError } from './at-rest.ts';
import { callsOf } from './calls.ts';
import { rulesNameOf, rulesOf } from './era-rules.ts';
import { Oracle } from './oracle.ts';
import { entryOf, otherThread } from './other-threads.ts';
import type { InterleavingScenario, Update } from './scenario.ts';
import { rightsInMmioSpte } from './spte-rules.ts';

export interface RunOptions {
  readonly host: HostConfig;
  readonly memoryModel: MemoryModel;
  /**
   * Keeps in each thread what its exits or calls did, so that sets of what can be observed can be
   * compared.
   */
  readonly wantLogs: boolean;
  readonly granularity?: Granularity;
}

const PAGE = 0x1000n;

/** Builds the program of a scenario in a new world. */
export function programOf(
  system: SystemUnderTest,
  scenario: InterleavingScenario,
  options: RunOptions,
): Program {
  const { vcpus, updates, others } = scenario;
  const { host } = options;
  const granularity = options.granularity ?? (options.memoryModel === 'sc' ? 'object' : 'field');
  const world = new World({
    threads: vcpus + 1 + others.length,
    allocator: vcpus,
    granularity,
    isUnbuffered: options.memoryModel === 'sc',
    config: host as unknown as Record<string, unknown>,
  });
  const vm = runDirectly(world, -1, () => system.boot(scenario.gfns), { isBoot: true }).result;
  const spaces = spacesOf(scenario, vm);
  const calls = callsOf(scenario.before, updates, host, vm.addressSpaces);
  const { retriesInvalid, fillsVcpuCacheInWindow } = rulesOf(rulesNameOf(system));
  const oracle = new Oracle(world, spaces.map(vm.publishedCell), calls, {
    staleness: scenario.staleness,
    retriesInvalid,
    fillsVcpuCacheInWindow,
    spaces: spaces.length,
  });
  runDirectly(world, -1, () => prepare(vm, scenario));
  oracle.forget(world);
  const run: Run = { vm, era: rulesNameOf(system), oracle, scenario, host };
  const threads: Thread[] = Array.from({ length: vcpus }, (_, i) =>
    vcpuThread(run, i, options.wantLogs),
  );
  if (updates.length > 0) threads.push(updaterThread(run, options.wantLogs));
  const otherThreads = others.map((other, i) => otherThread(run, other, i, options.wantLogs));
  threads.push(...otherThreads);
  const rest: AtRest = { vm, era: rulesNameOf(system), host, oracle, gfns: scenario.gfns, spaces };
  return {
    world,
    threads,
    finale: (thread, result) => {
      const isOther = thread >= threads.length - others.length;
      const log = options.wantLogs ? [`did ${String(result[0] ?? '').trim()}`] : [];
      if (isOther) return result.length > 0 ? log : [];
      const answers = thread < vcpus ? vcpuAtRest(rest, vcpuOf(result)) : vmAtRest(rest);
      return [...log, ...answers];
    },
  };
}

/** What the threads of one program share. */
interface Run {
  readonly vm: Vm;
  readonly era: RulesName;
  readonly oracle: Oracle;
  readonly scenario: InterleavingScenario;
  readonly host: HostConfig;
}

/** The address spaces that a scenario is about. */
function spacesOf({ before, updates, exitsInSmm }: InterleavingScenario, vm: Vm): AddressSpace[] {
  const isAboutSmm =
    exitsInSmm.length > 0 || [...before, ...updates].some(({ region }) => region.slot >> 16 === 1);
  return isAboutSmm && vm.addressSpaces === 2 ? [0, 1] : [0];
}

function prepare(vm: Vm, scenario: InterleavingScenario): void {
  for (const { region } of scenario.before) vm.setMemoryRegion(region);
  if (vm.guestPaging === undefined) return;
  const vcpu = vm.vcpu(null);
  const last = scenario.gfns.at(-1)!;
  const isElsewhere = (page: bigint) => scenario.remapped === true && page !== last;
  for (const page of scenario.gfns)
    vm.guestPaging.writePte(vcpu, page, entryOf(isElsewhere(page) ? page + ELSEWHERE : page));
  for (const page of scenario.gfns) vm.access(vcpu, page * PAGE);
  for (const page of scenario.gfns) {
    // The last page stays as it is: what is written makes no difference, that it is does.
    if (isElsewhere(page) || page === last) vm.guestPaging.writePte(vcpu, page, entryOf(page));
  }
}

/** From a page to a gfn where no scenario has a slot. */
const ELSEWHERE = 0x1000n;

/** The log comes first, then all that the vCPU itself carries. */
function vcpuOf(carried: readonly Value[]): readonly Value[] {
  return carried.slice(1);
}

function vcpuThread(run: Run, index: number, wantLogs: boolean): Thread {
  const { vm, oracle, scenario, host } = run;
  return {
    name: `vCPU ${index}`,
    group: 0,
    rounds: scenario.exits.length,
    start: [''],
    round: (round, carried) => {
      const gfn = scenario.exits[round]!;
      const space = scenario.exitsInSmm.includes(round) ? 1 : 0;
      const vcpu = vm.vcpu(carried.length > 1 ? vcpuOf(carried) : null);
      if (scenario.exitsInSmm.length > 0) vm.setSmm(vcpu, space === 1);
      if (scenario.reloads?.includes(round)) vm.guestPaging!.reloadCr3(vcpu);
      const start = oracle.begin({ gfn, space });
      const isStored = seesRestingNumber(run);
      const before = vm.internals.vcpuCache.contents(vcpu);
      // Not the start of the page, and never the same place: caches must hit all the same.
      const access = vm.access(vcpu, gfn * PAGE + 8n * BigInt(round + 1));
      warnOfError(access, host.mmio);
      for (const { invariant, detail } of oracle.judge(start, { gfn, space }, access))
        emit(invariant, isStored ? detail.replace(BEFORE_RETURN, AFTER_STORE) : detail);
      judgeCache(run, vcpu, before, gfn, access);
      const log = wantLogs ? `${carried[0] as string}${accessText(access)} ` : '';
      return [log, ...vm.carry(vcpu)];
    },
  };
}

const BEFORE_RETURN = /before the call returns$/;
const AFTER_STORE = 'begun after the number was stored';

/**
 * Has the number come to rest before an access begins? Where the hook comes before the store, a
 * reuse that is seen then is worse than one that is seen while it comes. One vCPU tells: with more
 * of them the step costs ten times as many states.
 */
function seesRestingNumber({ vm, era, scenario }: Run): boolean {
  const { fillsVcpuCacheInWindow, isInFlux } = rulesOf(era);
  const isAsked = scenario.staleness === 'zap-before-reuse' && scenario.vcpus === 1;
  if (!isAsked || fillsVcpuCacheInWindow) return false;
  return !isInFlux(vm.generationSeen());
}

/** What the guest can tell of an access. */
function accessText({ kind, pfn }: Access): string {
  return kind === 'ram' ? `ram:${pfn.toString(16)}` : kind;
}

/**
 * What has an access left in the cache of its vCPU? MMIO what it was about, and RAM what was there.
 * Nobody else sees the cache, so this is no step.
 */
function judgeCache(
  { vm, era, host }: Run,
  vcpu: Vcpu,
  before: CachedMmio,
  gfn: bigint,
  { kind }: Access,
): void {
  const kept = vm.internals.vcpuCache.contents(vcpu);
  const isSame =
    kept.gva === before.gva && kept.gfn === before.gfn && kept.access === before.access;
  if (!kind.startsWith('mmio')) {
    // The entry that went with it was another vCPU's to write.
    if (kind === 'retry' && kept.gfn === gfn && rulesOf(era).mayRetryAfterFill) return;
    if (!isSame) emit('vcpu-cache-exact', 'what is no MMIO is kept');
    return;
  }
  // Whether it must be filled is asked at rest.
  if (isSame && kind !== 'mmio-vcpu' && !rulesOf(era).fillsVcpuCacheInWindow) return;
  if (kept.gfn !== gfn) emit('vcpu-cache-exact', 'another gfn is kept');
  if (kind === 'mmio-spte' && kept.access !== rightsInMmioSpte(host))
    emit('vcpu-cache-exact', 'other rights are kept');
}

function updaterThread({ vm, oracle, scenario }: Run, wantLogs: boolean): Thread {
  return {
    name: 'updater',
    group: 1,
    rounds: scenario.updates.length,
    start: wantLogs ? [''] : [],
    round: (round, carried) => {
      const { region, text } = scenario.updates[round] as Update;
      oracle.pass('b', `ioctl: ${text}`);
      const result = vm.setMemoryRegion(region);
      oracle.pass('r', `the ioctl returns ${result}`);
      const expected = oracle.truth.calls[round]!.result;
      if (result !== expected) emit('arguments-checked', `${text}: ${result}, not ${expected}`);
      return wantLogs ? [`${carried[0] as string}${result} `] : [];
    },
  };
}
