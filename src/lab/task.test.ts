// SPDX-License-Identifier: GPL-2.0-only
// Does an error in a worker say at which mutant it came, and is it still known for what it is?

import { expect, test } from 'vitest';
import { MutationError } from '#mutation/mutant';
import { allMutants } from './registry.ts';
import { runTask } from './task.ts';

test('an error names the mutant and keeps its own name', async () => {
  const mutant = (await allMutants(['v3.17']))[0]!;
  const nothing = { units: [], baseline: null, coverage: [], story: [], invariants: [] };
  const task = { ...nothing, era: mutant.era, mutant, isComplete: false };
  const run = runTask(task, null, () => Promise.reject(new MutationError('the place is gone')));
  await expect(run).rejects.toMatchObject({
    name: 'MutationError',
    message: `${mutant.id}: the place is gone`,
  });
});
