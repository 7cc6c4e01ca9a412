// SPDX-License-Identifier: GPL-2.0-only
// How large is a scenario run? As it says, or with other numbers of vCPUs, updates and exits. A
// size and a mask are written in one word, as schedules have it: `2v1u2f-ept`.

import { UserError } from '#user-error';
import { type InterleavingScenario, sizeOf } from './suites.ts';
import type { Mmio } from './unit.ts';

export interface Size {
  readonly vcpus: number;
  readonly updates: number;
  readonly exits: number;
}

export const VCPUS_MAX = 4;
export const EXITS_MAX = 6;

/**
 * The scenario at another size: its first updates, and its exits over and over. Throws a UserError
 * if a bound is out of range.
 */
export function atSize(scenario: InterleavingScenario, size: Size): InterleavingScenario {
  const { id, updates, exits } = scenario;
  demand('vCPUs', size.vcpus, 1, VCPUS_MAX);
  demand('exits', size.exits, 1, EXITS_MAX);
  demand(`updates of ${id}`, size.updates, 0, updates.length);
  return {
    ...scenario,
    vcpus: size.vcpus,
    updates: updates.slice(0, size.updates),
    exits: Array.from({ length: size.exits }, (_, i) => exits[i % exits.length]!),
  };
}

function demand(what: string, value: number, least: number, most: number): void {
  if (value >= least && value <= most) return;
  throw new UserError(`${what} must be from ${least} to ${most}, not ${value}`);
}

/** Size and mask as schedules have them. */
export function boundsText(scenario: InterleavingScenario, mmio: Mmio): string {
  return `${sizeOf(scenario)}-${mmio}`;
}

/** Reads size and mask back. Throws a UserError if they are not well formed. */
export function parseBounds(text: string): { readonly size: Size; readonly mmio: Mmio } {
  const match = /^(\d{1,3})v(\d{1,3})u(\d{1,3})f-(ept|shadow)$/.exec(text);
  if (match === null) {
    throw new UserError(`the schedule's bounds are '${text}', not like '1v1u2f-ept'`);
  }
  const [, vcpus, updates, exits, mmio] = match;
  const size = { vcpus: Number(vcpus), updates: Number(updates), exits: Number(exits) };
  return { size, mmio: mmio as Mmio };
}
