// SPDX-License-Identifier: GPL-2.0-only
// Is the tree the kernel that the port of its era was written from? What is known of an era, such
// as what it is known to break, is known of a port. It is known of a tree as well where functions
// and macros have the same tokens; where they differ, somebody has to look.

import { readFileSync } from 'node:fs';
import type { EraName } from '#vocabulary';
import { fingerprintsOf } from '../../c/drift/fingerprints.ts';
import type { LoadedTree } from '../../c/load.ts';
import type { Read } from '../../c/profiles/shape.ts';
import { Refusal } from '../../c/translation.ts';
import { portOf, REFERENCE } from '../ports.ts';

/** Hashes of what a port was written from; a file of reference/written-from/ holds one. */
export interface WrittenFrom {
  readonly era: EraName;
  /** The release whose text was read, such as 3.17.4. */
  readonly kernel: string;
  /** By path in the kernel, then by name as fingerprintsOf() has it. */
  readonly files: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Something that the port has, and that the tree has otherwise. */
export interface Drifted {
  /** As the kernel calls it. */
  readonly name: string;
  /** Where the port has it from. */
  readonly file: string;
  /** The tree has nothing of that name. */
  readonly isGone: boolean;
  /** It is a function that runs in the checks of this tree. */
  readonly isRun: boolean;
}

export interface Drift {
  readonly era: EraName;
  /** The release that the port was written from; null if that is not recorded. */
  readonly kernel: string | null;
  /** How many things were compared. */
  readonly compared: number;
  readonly drifted: readonly Drifted[];
}

const NAMES = /^v[\d.]+\/(.*)\.ts$/;

/** The path of a kernel's file that a file of a port mirrors. */
export function kernelPath(file: string): string {
  const path = NAMES.exec(file)?.[1] ?? file;
  if (path.endsWith('.h')) return path;
  return `${path}${/(^|\/)include\//.test(path) ? '.h' : '.c'}`;
}

/**
 * Hashes of all that the port of an era has by name, in a tree of the kernel that it was written
 * from. What the tree does not define under that name in that file is left out.
 */
export function writtenFrom(era: EraName, kernel: string, read: Read): WrittenFrom {
  const names = new Map<string, Set<string>>();
  for (const { path, scopes, isMutated } of portOf(era).files.values()) {
    if (!isMutated) continue;
    const known = names.get(kernelPath(path)) ?? new Set();
    for (const { name } of scopes) known.add(name);
    names.set(kernelPath(path), known);
  }
  const files = [...names.keys()].sort().flatMap((path) => {
    const text = read(path);
    if (text === null) return [];
    const prints = fingerprintsOf(path, text);
    const own = [...names.get(path)!].sort().flatMap((name) =>
      [name, `#${name}`].flatMap((known) => {
        const print = prints.get(known);
        return print === undefined ? [] : [[known, print] as const];
      }),
    );
    return own.length === 0 ? [] : [[path, Object.fromEntries(own)] as const];
  });
  return { era, kernel, files: Object.fromEntries(files) };
}

/** What is recorded of an era; null if nothing is. */
export function recorded(era: EraName): WrittenFrom | null {
  try {
    return JSON.parse(readFileSync(new URL(`written-from/${era}.json`, REFERENCE), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** How a tree differs from what the port of its era was written from. */
export function driftOf(tree: LoadedTree, read: Read): Drift {
  const { era } = tree.system;
  return driftFrom(recorded(era), tree, read);
}

/** May the tree be another kernel than that of the port? */
export function hasDrifted({ kernel, drifted }: Drift): boolean {
  return kernel === null || drifted.length > 0;
}

/** The same for what is recorded elsewhere. */
export function driftFrom(
  record: WrittenFrom | null,
  { translation, files, system: { era } }: LoadedTree,
  read: Read,
): Drift {
  if (record === null) return { era, kernel: null, compared: 0, drifted: [] };
  const prints = new Map(files.map(({ path, text }) => [path, attempted(path, text)]));
  // Files move: what a file has lost may be in another one.
  const anywhere = new Map([...prints.values()].flatMap((own) => [...own]));
  let compared = 0;
  const drifted = Object.entries(record.files).flatMap(([file, known]) => {
    const text = prints.has(file) ? null : read(file);
    const own = prints.get(file) ?? (text === null ? NOTHING : attempted(file, text));
    return Object.entries(known).flatMap(([name, print]): Drifted[] => {
      compared++;
      const found = own.get(name) ?? anywhere.get(name);
      if (found === print) return [];
      const isRun = translation.functionNamed.has(name);
      return [{ name: name.replace('#', ''), file, isGone: found === undefined, isRun }];
    });
  });
  return { era, kernel: record.kernel, compared, drifted };
}

const NOTHING: ReadonlyMap<string, string> = new Map();

/** A file that is no C has none of what is looked for. */
function attempted(path: string, text: string): ReadonlyMap<string, string> {
  try {
    return fingerprintsOf(path, text);
  } catch (error) {
    if (error instanceof Refusal) return NOTHING;
    throw error;
  }
}
