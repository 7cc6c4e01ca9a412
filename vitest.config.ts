// SPDX-License-Identifier: GPL-2.0-only
// Tests run on Node's own module loader: what is tested is what the command line runs, and the
// loader hooks that make mutated variants of a port work the same way in both.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    experimental: { viteModuleRunner: false },
    include: [
      'src/**/*.test.ts',
      'reference/**/*.test.ts',
      'suites/**/*.test.ts',
      'mutants/**/*.test.ts',
      'test/**/*.test.ts',
      'bench/**/*.test.ts',
    ],
    // A golden file that is not there is an error, not a file to be written: --update writes it.
    update: 'none',
    // Most files keep one processor busy; on two of them, two files at once.
    maxWorkers: '100%',
    testTimeout: 300_000,
    // Ids of scenarios are long, and their sizes stand at the end.
    taskTitleValueFormatTruncate: 100,
  },
});
