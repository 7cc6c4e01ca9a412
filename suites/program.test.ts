// SPDX-License-Identifier: GPL-2.0-only
// Does the host of a scenario look at what an access leaves in the cache of its vCPU? Edits that
// only this shows are put in on purpose.

import { expect, test } from 'vitest';
import { portOf } from '#lab/ports';
import { loadSystem } from '#lab/variants';
import { mutantsOfPort } from '#mutation/make';
import type { AnchoredEdit } from '#mutation/mutant';
import { breaksOf } from './judgement.ts';
import { loadInvariants, loadScenarios } from './registry.ts';
import { runScenario, type Setting } from './run.ts';

const ERA = 'v3.17';
const invariants = await loadInvariants();
const scenarios = await loadScenarios();

const PUBLISHED_LATE = 'memory-order/new-flags-are-published-whole.1v1u1f';
/** One of the vCPUs may find the entry that the other has made. */
const TWO_VCPUS = 'mmio-cache/a-created-slot-is-seen.2v1u1f';

/** What a port with this edit breaks beyond what the port breaks. */
async function news(edit: AnchoredEdit, id: string, setting: Setting): Promise<readonly string[]> {
  const control = { name: 'by-hand', eras: [ERA], harmless: '', edits: [edit] } as const;
  const [mutant] = mutantsOfPort(portOf(ERA), {
    operators: [],
    regressions: [],
    controls: [control],
  });
  const { events } = runScenario(
    await loadSystem(ERA, mutant!),
    scenarios.find((scenario) => scenario.id === id)!,
    setting,
  );
  return breaksOf(invariants, ERA, events, id)
    .filter(({ isKnown }) => !isKnown)
    .map(({ invariant, detail }) => `${invariant}: ${detail}`);
}

const EDITS: readonly (readonly [edit: AnchoredEdit, found: string])[] = [
  [
    {
      function: 'handle_abnormal_pfn',
      anchor: 'is_noslot_pfn(pfn)',
      replacement: 'true',
    },
    'vcpu-cache-exact: what is no MMIO is kept',
  ],
  [
    {
      function: 'handle_abnormal_pfn',
      anchor: 'gva, gfn, access',
      replacement: 'gva, gfn + 1n, access',
    },
    'vcpu-cache-exact: another gfn is kept',
  ],
  [
    {
      function: 'handle_mmio_page_fault_common',
      anchor: 'vcpu, addr, gfn, access',
      replacement: 'vcpu, addr, gfn, access ^ 2',
    },
    'vcpu-cache-exact: other rights are kept',
  ],
];

test.each(EDITS.map(([edit, found]) => ({ ...edit, found })))(
  'an edit in $function is found: $found',
  async ({ found, ...edit }) => {
    expect(await news(edit, TWO_VCPUS, { mmio: 'ept', memoryModel: 'sc' })).toContain(found);
  },
);

test('who remembers RAM as MMIO is found even where the slot is always there', async () => {
  const [[edit, found]] = EDITS as [(typeof EDITS)[number]];
  const setting: Setting = { mmio: 'ept', memoryModel: 'pso-release' };
  expect(await news(edit, PUBLISHED_LATE, setting)).toEqual([found]);
});
