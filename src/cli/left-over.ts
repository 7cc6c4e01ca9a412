// SPDX-License-Identifier: GPL-2.0-only
// What is left of a process that was killed while it wrote? Files that never got their name. They
// are no reports, and nobody needs them.

import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '#lab/owners';

const TEMPORARY = /^\..+\.(\d+)\.tmp$/;

/** Takes away what processes that are gone left in a folder. What cannot be removed stays. */
export function removeLeftOver(folder: string): void {
  try {
    for (const name of readdirSync(folder)) {
      const [, pid] = TEMPORARY.exec(name) ?? [];
      if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(folder, name), { force: true });
    }
  } catch {}
}
