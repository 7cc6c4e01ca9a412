// SPDX-License-Identifier: GPL-2.0-only
// What does stock Stryker's vitest runner run? One file: the same scenarios as ours, as tests. It
// runs on Node's own module loader, like all of our tests.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    experimental: { viteModuleRunner: false },
    include: ['./test/crosscheck/units.ts'],
    testTimeout: 3_600_000,
  },
});
