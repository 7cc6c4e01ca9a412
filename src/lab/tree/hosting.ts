// SPDX-License-Identifier: GPL-2.0-only
// Which scenarios can a profile host? What it cannot is listed with the reason, and never passes.

import type { SystemUnderTest } from '#vocabulary';
import { unhosted } from '../../c/driver/not-hosted.ts';
import { hasPageCache, NO_LAPIC, NO_PAGE_CACHE } from '../../c/driver/page-cache.ts';
import type { LoadedTree } from '../../c/load.ts';
import { rulesNameOf, type Scenario } from '../suites.ts';

/** Why the driver of a profile cannot run a scenario; null if it can, as far as one can see. */
export function whyNotHosted(
  scenario: Scenario,
  { profile, translation }: Pick<LoadedTree, 'profile' | 'translation'>,
): string | null {
  const cannot = profile.cannot(translation.layouts);
  const asked = unhosted(scenario.host);
  if (asked !== null) return asked;
  if (scenario.kind === 'sequential') return cannot[scenario.id] ?? null;
  const [other] = scenario.others;
  if (other?.kind === 'page user') {
    if (other.foundBy === 'userspace') return NO_LAPIC;
    if (!hasPageCache(translation.functionNamed)) return NO_PAGE_CACHE;
  } else if (other !== undefined) return `a thread beside vCPUs and the updater (${other.kind})`;
  return cannot[scenario.id.replace(/\.[^./]*$/, '')] ?? null;
}

/** Scenarios that say something about kernels that keep the rules of a system. */
export function concerning(
  scenarios: readonly Scenario[],
  system: SystemUnderTest,
): readonly Scenario[] {
  const name = rulesNameOf(system);
  return scenarios.filter(({ eras }) => eras === null || eras.includes(name));
}
