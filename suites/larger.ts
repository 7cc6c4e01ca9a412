// SPDX-License-Identifier: GPL-2.0-only
// What seems equal in small scenarios, is it still equal in larger ones? One more vCPU, update or
// exit than the small sizes have, and generations that start odd, just below the number that zaps
// all MMIO SPTEs, and where numbers come again at once. No claim is held here: ports and mutants
// are compared, so what a port itself does wrong (it warns of an odd number) may happen.

import type { HostConfig, MemoryModel, RulesName } from '#vocabulary';
import { FLAGGED, WITHOUT_FLAG } from './era-rules.ts';
import {
  atSizes,
  type Claim,
  createSlot,
  deleteSlot,
  type InterleavingScenario,
  M,
  moveSlot,
  type Size,
  X,
  Y,
} from './scenario.ts';

/** Far above what the ports need, so that a mutant that needs ten times as much is compared. */
const BUDGET = 100_000;

const EPT: readonly HostConfig['mmio'][] = ['ept'];
const SHADOW: readonly HostConfig['mmio'][] = ['shadow'];
const RELAXED: readonly MemoryModel[] = ['pso-release'];

const size = (vcpus: number, ...exits: bigint[]): Size => ({ vcpus, exits, budgetStates: BUDGET });

/** u64 number at the creation of the VM, under one mask. */
const from = (start: bigint, mmio: readonly HostConfig['mmio'][]) => ({
  mmio,
  generationStart: BigInt.asUintN(64, start),
});

const CREATE: Claim = { id: 'larger/a-created-slot', updates: [createSlot(0, X)] };
/** With memory elsewhere, so that a zap of all SPTEs shows. */
const BESIDE_RAM: Omit<Claim, 'id'> = {
  before: [createSlot(1, Y, 2n)],
  gfns: [X, Y, M],
  updates: [createSlot(0, X)],
};
const DELETE: Omit<Claim, 'id'> = {
  before: [createSlot(0, X)],
  updates: [deleteSlot(0, X)],
};

/**
 * Numbers that VMs start with, and where numbers come again: at the end of 64 bits; or where bit 63
 * is a flag, which no VM at rest has, at the end of what an SPTE holds.
 */
const STARTS: readonly {
  readonly variant: string;
  readonly odd: bigint;
  readonly end: bigint;
  readonly eras: readonly RulesName[];
}[] = [
  { variant: 'plain', odd: -149n, end: 0n, eras: WITHOUT_FLAG },
  { variant: 'flagged', odd: 149n, end: 1n << 19n, eras: FLAGGED },
];

/** Both masks were tried in small sizes: larger ones take turns. */
export const LARGER: readonly InterleavingScenario[] = [
  ...atSizes({ ...CREATE, host: { mmio: EPT } }, [size(3, X), size(2, X, X)]),
  ...atSizes({ ...CREATE, host: { mmio: SHADOW } }, [size(1, X, X, X)]),
  ...atSizes(
    {
      id: 'larger/a-second-created-slot',
      updates: [createSlot(1, Y, 2n), createSlot(0, X)],
      host: { mmio: SHADOW },
    },
    [size(2, X), size(1, X, X)],
  ),
  ...atSizes(
    {
      id: 'larger/a-created-and-deleted-slot',
      updates: [createSlot(0, X), deleteSlot(0, X)],
      host: { mmio: EPT },
    },
    [size(2, X)],
  ),
  ...atSizes(
    {
      id: 'larger/a-deleted-and-created-slot',
      before: [createSlot(0, X)],
      updates: [deleteSlot(0, X), createSlot(0, X)],
      host: { mmio: SHADOW },
    },
    [size(2, X)],
  ),
  ...atSizes(
    {
      id: 'larger/two-created-slots-and-one-deleted',
      updates: [createSlot(1, Y, 2n), createSlot(0, X), deleteSlot(0, X)],
      host: { mmio: EPT },
    },
    [size(1, X)],
  ),
  ...atSizes(
    {
      id: 'larger/a-slot-moved-twice',
      before: [createSlot(0, Y)],
      updates: [moveSlot(0, X), moveSlot(0, Y)],
      host: { mmio: SHADOW },
    },
    [size(1, X)],
  ),
  ...STARTS.flatMap(({ variant, odd, end, eras }) => {
    const claim = (what: string, host: NonNullable<Claim['host']>): Claim => ({
      ...BESIDE_RAM,
      id: `larger/${what}.${variant}`,
      host,
      eras,
    });
    return [
      ...atSizes(claim('from-an-odd-number', from(odd, EPT)), [size(1, X, X), size(2, X)]),
      ...atSizes(claim('through-the-wrap', from(end - 4n, SHADOW)), [
        size(1, Y, X, Y),
        size(2, Y, X),
      ]),
      ...atSizes(claim('from-the-wrap', from(end - 2n, EPT)), [size(1, Y, X, Y), size(2, Y, X)]),
      ...atSizes(
        claim('numbers-of-three-bits', {
          ...from((variant === 'plain' ? 0n : 8n) - 2n, SHADOW),
          generationBits: { low: 2, high: 1 },
        }),
        [size(1, X, X), size(2, X)],
      ),
    ];
  }),
  ...([10n, 19n, 32n] as const).flatMap((bits, i) =>
    atSizes(
      {
        ...BESIDE_RAM,
        id: `larger/through-the-end-of-${bits}-bits`,
        // One install before the threads begin, and the next one gets there.
        host: from((1n << bits) - 4n, i === 1 ? EPT : SHADOW),
      },
      [size(1, Y, X, Y)],
    ),
  ),
  ...atSizes(
    {
      ...CREATE,
      id: 'larger/a-created-slot-stored-late',
      host: { mmio: EPT },
      memoryModels: RELAXED,
    },
    [size(2, X, X), size(3, X)],
  ),
  ...atSizes(
    {
      ...DELETE,
      id: 'larger/a-deleted-slot-stored-late',
      host: { mmio: SHADOW },
      memoryModels: RELAXED,
    },
    [size(2, X)],
  ),
];
