// SPDX-License-Identifier: GPL-2.0-only
// What if a machine dies? Its own part of the result is unknown, and nothing else is lost.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eraNames } from '#lab/ports';
import { loadSystem } from '#lab/variants';
import { holdKernel } from './level-a.ts';
import { isUnknown } from './result.ts';

test.skipIf(spawnSync('qemu-system-x86_64', ['--version']).error !== undefined)(
  'a kernel that cannot be booted makes the result unknown, not void',
  async () => {
    const cache = mkdtempSync(join(tmpdir(), 'kvm-mutants-machine-'));
    try {
      const probe = join(cache, 'probe');
      writeFileSync(probe, '');
      const image = join(cache, 'no-kernel');
      const kernel = { name: '6.1', package: 'p', version: 'v', image, modules: [] };
      const systems = new Map(
        await Promise.all(
          eraNames().map(async (era) => [era, await loadSystem(era, null)] as const),
        ),
      );
      const extent = { seeds: [1], traced: 1, stress: 0, shorter: 2 };
      const result = await holdKernel({ cache, probe }, kernel, {
        systems,
        extent,
        onProgress: () => {},
      });
      expect(result.areas).toEqual([]);
      expect(result.unknown).toHaveLength(2);
      expect(result.unknown[0]).toContain('6.1-npt-sequences: QEMU ended early');
      expect(isUnknown(result)).toBe(true);
    } finally {
      rmSync(cache, { recursive: true });
    }
  },
  120_000,
);
