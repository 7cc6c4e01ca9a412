// SPDX-License-Identifier: GPL-2.0-only
// Which mutants must die before any score is worth reading? Three that need the engine to be right:
// if one lives, or dies of something else, mutants are not really run, and the run is void.

import type { EraName } from '#vocabulary';
import { type Mmio, type UnitResult, unitText } from './unit.ts';
import { killsOf } from './verdict.ts';

export interface Canary {
  readonly era: EraName;
  readonly id: string;
  readonly invariant: string;
  /** The unit in which it must die. */
  readonly scenario: string;
  readonly mmio: Mmio;
}

export const CANARIES: readonly Canary[] = [
  {
    era: 'v3.17',
    id: 'v3.17/history/single-increment',
    invariant: 'stale-after-update',
    scenario: 'mmio-cache/a-created-slot-is-seen.1v1u2f',
    mmio: 'ept',
  },
  {
    era: 'v3.17',
    id: 'v3.17/install_new_memslots/no-sync.1',
    invariant: 'stale-after-update',
    scenario: 'mmio-cache/a-created-slot-is-seen.1v1u2f',
    mmio: 'ept',
  },
  {
    era: 'v3.17',
    id: 'v3.17/MMIO_GEN_LOW_MASK/keep-low-bit.1',
    invariant: 'stale-in-window',
    scenario: 'mmio-cache/a-created-slot-is-seen.1v1u2f',
    mmio: 'shadow',
  },
];

/** Why this canary makes the run void; null if it died as it must. */
export function canaryProblem(
  canary: Canary,
  result: UnitResult,
  baseline: UnitResult,
): string | null {
  const kills = killsOf(result, baseline);
  if (kills.some(({ invariant }) => invariant === canary.invariant)) return null;
  const broken = [...new Set(kills.map(({ invariant }) => invariant))].join(', ');
  return (
    `the canary ${canary.id} does not break ${canary.invariant} in ${unitText(result)}` +
    `${broken === '' ? '' : `, only ${broken}`}: mutants are not really run`
  );
}

/** Why the run is void if this canary seems to stand in code that its unit never reaches. */
export function unreachedProblem({ id, scenario, mmio }: Canary): string {
  return (
    `the canary ${id} is not reached in ${scenario} ${mmio}, by the probes of the port: ` +
    'mutants would not be run where they must die'
  );
}
