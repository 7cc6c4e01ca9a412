// SPDX-License-Identifier: GPL-2.0-only
// Which port is a kernel held against? That of the era whose releases it is one of. Where the port
// was made from a later release, what changed in between may still be as the era before has it.

import { ERAS } from '#lab/suites';
import type { EraName } from '#vocabulary';

export interface ChosenEras {
  readonly own: EraName;
  /** The one before, if the kernel is older than the release that was ported. */
  readonly before: EraName | null;
  /** False if no port of the kernel's era can be used. */
  readonly isOwnEra: boolean;
}

/** Of the eras that can be used, oldest first, those for a kernel such as `6.1`. */
export function erasFor(release: string, usable: readonly EraName[]): ChosenEras | null {
  const right = ERAS.filter((era) => compareReleases(era.releases[0], release) <= 0).at(-1);
  const known = ERAS.filter(({ name }) => usable.includes(name));
  const own = known.filter((era) => compareReleases(era.releases[0], release) <= 0).at(-1);
  if (own === undefined || right === undefined) return null;
  const isOlder = compareReleases(release, own.name.slice(1)) < 0;
  const before = isOlder ? known[known.indexOf(own) - 1] : undefined;
  return { own: own.name, before: before?.name ?? null, isOwnEra: own === right };
}

/** Negative if the first release is the older one; `5.17` comes after `5.9`. */
export function compareReleases(a: string, b: string): number {
  const [[major = 0, minor = 0], [other = 0, less = 0]] = [a, b].map((text) =>
    text.split('.').map(Number),
  ) as [number[], number[]];
  return major - other || minor - less;
}
