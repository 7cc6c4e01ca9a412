// SPDX-License-Identifier: GPL-2.0-only
// Which explorations are measured? One scenario, made larger in each direction: vCPUs, updates,
// exits, slots and address spaces. The system under test is an unmutated port, v3.17 if none is
// named, under the mask that EPT uses.

import type { Program } from '#explorer/program';
import { eraNames } from '#lab/ports';
import { loadSystem } from '#lab/variants';
import type { EraName, SystemUnderTest } from '#vocabulary';
import { system as v317 } from '../reference/systems/v3.17.ts';
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

/** Two of everything, and a deletion, which has two installs: what most questions are about. */
export const USUAL = '2v2u2f cd';

/** Sizes that show how our search grows on one port, by what grows. */
export const GROWING: Readonly<Record<string, readonly string[]>> = {
  vCPUs: ['1v1u2f c', '2v1u2f c', '3v1u2f c', '4v1u2f c', '5v1u2f c'],
  'vCPUs, two updates': ['1v2u2f cc', '2v2u2f cc', '3v2u2f cc'],
  updates: ['2v1u2f c', '2v2u2f cc', '2v3u2f ccc'],
  'installs (a delete has two)': ['2v1u2f c', '2v2u2f cc', '2v2u2f cd', '3v2u2f cd'],
  exits: ['2v1u1f c', '2v1u2f c', '2v1u3f c', '2v1u4f c', '2v1u5f c'],
  'exits, two updates': ['2v2u1f cc', '2v2u2f cc', '2v2u3f cc'],
};

/**
 * Sizes for any port: each direction begins where the others do. Two spaces need an era with two.
 */
export function growingOn(era: string): Readonly<Record<string, readonly string[]>> {
  const sizes = (...all: string[]) => all.map((size) => `${size} ${era}`);
  const hasSmm = era === 'v5.11' || era === 'v6.12';
  return {
    vCPUs: sizes('1v1u2f c', '2v1u2f c', '3v1u2f c', '4v1u2f c'),
    updates: sizes('2v1u2f c', '2v2u2f cc', '2v3u2f ccc'),
    'installs (a delete has two)': sizes('2v1u2f c', '2v2u2f cc', '2v2u2f cd'),
    exits: sizes('2v1u1f c', '2v1u2f c', '2v1u3f c', '2v1u4f c'),
    slots: sizes('2v1u2f c', '2v1u2f c 1s', '2v1u2f c 2s', '2v1u2f c 4s', '2v1u2f c 8s'),
    ...(hasSmm ? { 'address spaces': sizes('2v1u2f c', '2v1u2f c 2a', '2v2u2f cc 2a') } : {}),
  };
}

/** What a size says. */
interface Size {
  readonly vcpus: number;
  readonly exits: number;
  readonly updates: readonly Update[];
  /** Slots that nobody accesses, made before the threads begin. */
  readonly slots: number;
  /** With two, every second exit is in system management mode. */
  readonly spaces: number;
  readonly era: EraName;
}

/**
 * Two vCPUs, two updates and two exits for each vCPU are `2v2u2f cd`; behind that may stand `3s`
 * for three more slots, `2a` for two address spaces, and an era.
 */
function sizeOf(size: string): Size {
  const match = /^(\d)v(\d)u(\d)f (\w+)(?: (\d+)s)?(?: ([12])a)?(?: (v[\d.]+))?$/.exec(size);
  const [, vcpus, count, exits, letters = '', slots = '0', spaces = '1', name = 'v3.17'] =
    match ?? [];
  const updates = UPDATES[letters];
  const era = eraNames().find((known) => known === name);
  if (updates === undefined || updates.length !== Number(count) || era === undefined)
    throw new Error(`no such size: ${size}`);
  return {
    vcpus: Number(vcpus),
    exits: Number(exits),
    updates,
    slots: Number(slots),
    spaces: Number(spaces),
    era,
  };
}

/** Below what updates touch, and each away from the others. */
const otherSlot = (_: unknown, i: number) => createSlot(4 + i, BigInt(2 * i));

/** The scenario of a size. Throws on one that is not written like sizes are. */
export function scenarioOf(size: string): InterleavingScenario {
  const { vcpus, exits, updates, slots, spaces, era } = sizeOf(size);
  return {
    kind: 'interleaving',
    id: `bench/${size}`,
    vcpus,
    updates,
    before: Array.from({ length: slots }, otherSlot),
    exitsInSmm: spaces === 1 ? [] : Array.from({ length: exits >> 1 }, (_, i) => 2 * i + 1),
    others: [],
    exits: Array.from({ length: exits }, () => GFN),
    gfns: [GFN, ALWAYS_MMIO],
    host: slots === 0 ? { mmio: ['ept'] } : { mmio: ['ept'], userMemSlots: 4 + slots },
    staleness: 'stale-after-update',
    memoryModels: ['sc'],
    eras: [era],
    budgetStates: BUDGET_STATES,
  };
}

export const BUDGET_STATES = 50_000_000;

/** The port that a size names. */
export function systemOf(size: string): Promise<SystemUnderTest> {
  return loadSystem(sizeOf(size).era, null);
}

/** The program of a size in a new world, on the port that it names. */
export function programOfSize(size: string, system: SystemUnderTest = v317): Program {
  const scenario = scenarioOf(size);
  const host = hostOf(scenario.host, 'ept');
  return programOf(system, scenario, { host, memoryModel: 'sc', wantLogs: false });
}
