// SPDX-License-Identifier: GPL-2.0-only
// Which tree is a command about, and who runs units on it? Options that `check` and `mutate` share.

import type { TreeHost } from '#lab/tree/tree-pool';
import type { Mmio } from '#lab/unit';
import { UserError } from '#user-error';
import type { Read } from '../c/profiles/shape.ts';
import type { Invocation, Option, Values } from './command.ts';
import { findNamed } from './names.ts';
import { numberOption, textOption } from './options.ts';
import { folderFiles, revisionFiles } from './tree-files.ts';

export const TREE_OPTIONS: Readonly<Record<'tree' | 'rev', Option>> = {
  tree: { type: 'string', value: 'DIR', help: 'the kernel tree, or with --rev its repository' },
  rev: { type: 'string', value: 'REV', help: 'read this revision by git, without a work tree' },
};

const WORKERS = 2;
const WORKERS_MAX = 64;

export const TREE_WORKERS: Option = {
  type: 'string',
  value: 'N',
  help: `worker threads, ${WORKERS} by default; equal input gives the same bytes with any number`,
};

/** A tree that the user named. */
export interface NamedTree {
  /** What the user calls it: the folder, and the revision if there is one. */
  readonly name: string;
  readonly read: Read;
}

/** Throws a UserError if none is given, or none is there. */
export function treeOption(command: string, values: Values): NamedTree {
  const folder = textOption(values, 'tree');
  if (folder === null) throw new UserError(`${command} needs --tree DIR`);
  const revision = textOption(values, 'rev');
  const read = revision === null ? folderFiles(folder) : revisionFiles(folder, revision);
  return { name: revision === null ? folder : `${folder} at ${revision}`, read };
}

/** The mask to run under; null: both. */
export function mmioOption(values: Values): Mmio | null {
  const text = textOption(values, 'mmio') ?? 'both';
  const mask = findNamed('mask', text, ['ept', 'shadow', 'both'] as const, (known) => known);
  return mask === 'both' ? null : mask;
}

/** Who runs units. */
export function treeHostOption({ values, signal }: Invocation): TreeHost {
  const workers = numberOption(values, 'workers', 1, WORKERS_MAX) ?? WORKERS;
  return { entry: new URL('./tree-worker.ts', import.meta.url), workers, signal };
}
