// SPDX-License-Identifier: GPL-2.0-only
// Which explorations are measured? One scenario, made larger in each direction: vCPUs, updates and
// exits. The system under test is the unmutated port of v3.17, under the mask that EPT uses.

import type { Program } from '#explorer/program';
import { system } from '../reference/systems/v3.17.ts';
import { programOf } from '../suites/program.ts';
import {
  createSlot,
  deleteSlot,
  hostOf,
  type InterleavingScenario,
  type Update,
} from '../suites/scenario.ts';

/** The gfn that every exit accesses and the updates change. */
const GFN = 0x10n;
const ELSEWHERE = 0x20n;
const FARTHER = 0x28n;
/** Has never a slot. */
const ALWAYS_MMIO = 0x30n;

/** What the updater does, by the letters that follow a size: c creates a slot, d deletes one. */
const UPDATES: Readonly<Record<string, readonly Update[]>> = {
  c: [createSlot(0, GFN)],
  cc: [createSlot(1, ELSEWHERE, 2n), createSlot(0, GFN)],
  cd: [createSlot(0, GFN), deleteSlot(0, GFN)],
  ccc: [createSlot(1, ELSEWHERE, 2n), createSlot(2, FARTHER), createSlot(0, GFN)],
};

/** Sizes at which SPIN runs the same model, smallest first. */
export const COMPARED = [
  '1v1u1f c',
  '1v1u2f c',
  '2v1u1f c',
  '2v1u2f c',
  '1v2u2f cc',
  '2v2u2f cc',
  '2v2u2f cd',
  '3v1u2f c',
  '4v1u2f c',
] as const;

/** Sizes that show how our search grows, by what grows. */
export const GROWING: Readonly<Record<string, readonly string[]>> = {
  vCPUs: ['1v1u2f c', '2v1u2f c', '3v1u2f c', '4v1u2f c', '5v1u2f c'],
  'vCPUs, two updates': ['1v2u2f cc', '2v2u2f cc', '3v2u2f cc'],
  updates: ['2v1u2f c', '2v2u2f cc', '2v3u2f ccc'],
  'installs (a delete has two)': ['2v1u2f c', '2v2u2f cc', '2v2u2f cd', '3v2u2f cd'],
  exits: ['2v1u1f c', '2v1u2f c', '2v1u3f c', '2v1u4f c', '2v1u5f c'],
  'exits, two updates': ['2v2u1f cc', '2v2u2f cc', '2v2u3f cc'],
};

/** The scenario of a size such as `2v2u2f cd`: two vCPUs, two updates, two exits for each vCPU. */
export function scenarioOf(size: string): InterleavingScenario {
  const match = /^(\d)v(\d)u(\d)f (\w+)$/.exec(size);
  const updates = UPDATES[match?.[4] ?? ''];
  if (match === null || updates === undefined || updates.length !== Number(match[2])) {
    throw new Error(`no such size: ${size}`);
  }
  return {
    kind: 'interleaving',
    id: `bench/${size}`,
    vcpus: Number(match[1]),
    updates,
    before: [],
    exitsInSmm: [],
    others: [],
    exits: Array.from({ length: Number(match[3]) }, () => GFN),
    gfns: [GFN, ALWAYS_MMIO],
    host: { mmio: ['ept'] },
    staleness: 'stale-after-update',
    memoryModels: ['sc'],
    eras: ['v3.17'],
    budgetStates: BUDGET_STATES,
  };
}

export const BUDGET_STATES = 50_000_000;

/** The program of a size in a new world. */
export function programOfSize(size: string): Program {
  const scenario = scenarioOf(size);
  const host = hostOf(scenario.host, 'ept');
  return programOf(system, scenario, { host, memoryModel: 'sc', wantLogs: false });
}
