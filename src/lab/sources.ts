// SPDX-License-Identifier: GPL-2.0-only
// What was a schedule found on? The sources that decide what a step is: the port with its edits,
// what it stands on, and the suites. Eight digits of their hash tell whether a schedule still fits.

import { readdirSync, readFileSync } from 'node:fs';
import { shortHash } from '#explorer/schedule';
import { applyEdits } from '#mutation/edits';
import type { Mutant } from '#mutation/mutant';
import type { EraName } from '#vocabulary';
import { portOf } from './ports.ts';

const ROOT = new URL('../../', import.meta.url);

let common: string | null = null;

/** Hash of the sources of an era, with the edits of a mutant or, for null, as they stand. */
export function sourcesHash(era: EraName, mutant: Mutant | null): string {
  common ??= textOf('src/linux/') + textOf('suites/');
  const files = [...portOf(era).files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  const port = files.map(({ path, text }) => {
    const edits = mutant?.edits.filter((edit) => edit.file === path) ?? [];
    return `${path}\n${applyEdits(text, edits)}`;
  });
  return shortHash(common + port.join('\n'));
}

/** All sources below a folder, tests apart. */
function textOf(folder: string): string {
  const url = new URL(folder, ROOT);
  return readdirSync(url, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .sort()
    .map((path) => `${path}\n${readFileSync(new URL(path, url), 'utf8')}`)
    .join('\n');
}
