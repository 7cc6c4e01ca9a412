// SPDX-License-Identifier: GPL-2.0-only
// How is a sequential scenario run? Its code runs in direct execution, as one thread, on new VMs.
// What it reports and what the port emits on the way are events like those of an exploration.

import { Crash, type RunEvent, runDirectly, WouldBlock } from '#explorer/run';
import { World } from '#explorer/world';
import type { HostConfig, SystemUnderTest, Vm } from '#vocabulary';
import { rulesNameOf } from './era-rules.ts';
import { recorded } from './recorded.ts';
import { hostOf, type SequentialScenario } from './scenario.ts';

export interface SequentialRun {
  readonly events: readonly RunEvent[];
  /** How many single checks were made; 0 only if there is an event that says so. */
  readonly checked: number;
  /** VMs that were made, and steps that were taken in all of them. */
  readonly vms: number;
  readonly accesses: number;
}

/**
 * Runs a scenario under one mask. One that checks nothing would always pass, so that is an event.
 * If there is a `trace`, what the VMs answered is added to it.
 */
export function runSequential(
  subject: SystemUnderTest,
  scenario: SequentialScenario,
  mmio: HostConfig['mmio'],
  trace: string[] | null = null,
): SequentialRun {
  const system = trace === null ? subject : recorded(subject, trace);
  const host = hostOf(scenario.host, mmio);
  const events: RunEvent[] = [];
  const work = { vms: 0, accesses: 0 };
  const onNewVm = <T>(changed: HostConfig, code: (vm: Vm) => T): T => {
    const world = new World({
      threads: 1,
      allocator: 0,
      granularity: 'field',
      config: changed as unknown as Record<string, unknown>,
    });
    work.vms++;
    try {
      const boot = () => system.boot(scenario.gfns);
      const { result: vm } = runDirectly(world, -1, boot, { isBoot: true, events });
      return runDirectly(world, 0, () => code(vm), { events }).result;
    } finally {
      work.accesses += world.accesses;
    }
  };
  try {
    const checked = onNewVm(host, (vm) =>
      scenario.check({
        vm,
        era: rulesNameOf(system),
        host,
        fresh: (changes, code) => onNewVm({ ...host, ...changes }, code),
        report: (kind, detail) => events.push({ kind, detail }),
        strays: () => events.filter(({ kind }) => kind === 'out-of-bounds').length,
      }),
    );
    if (checked === 0) throw new Crash('nothing was checked');
    return { events, checked, ...work };
  } catch (error) {
    const kind = kindOf(error);
    if (kind === null) throw error;
    return { events: [...events, { kind, detail: String(error) }], checked: 0, ...work };
  }
}

/** What an error of ported code means; null for an error of ours. */
function kindOf(error: unknown): 'deadlock' | 'crash' | null {
  if (error instanceof WouldBlock) return 'deadlock';
  const isCrash =
    error instanceof Crash || error instanceof TypeError || error instanceof RangeError;
  return isCrash ? 'crash' : null;
}
