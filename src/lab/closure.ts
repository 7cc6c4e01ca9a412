// SPDX-License-Identifier: GPL-2.0-only
// Which files decide what a module does? Itself and whatever its imports reach. The text is only
// scanned, since a parser would take longer to load than all else that a warm run does: a word in a
// comment may add a file too many, but an import in none of our forms would be missed, so a test
// holds the answer against the modules that a worker really loads.

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { posix } from 'node:path';
import type { EraName } from '#vocabulary';

/** The repository, as the URL of a folder. */
export const ROOT = new URL('../../', import.meta.url);

/** Such imports load nothing. */
const TYPES_ONLY = /^(?:import|export) type [^;]*;/gm;

/** `from 'x'`, `import 'x'`, `import('x')`, `import.meta.resolve('x')`. */
const SPECIFIER = /(?:\bfrom|\bimport|\bimport\.meta\.resolve)\s*\(?\s*'([^'\n]+)'/g;

/** Reads files of the repository, each once. */
export class Reader {
  readonly #root: URL;
  readonly #texts = new Map<string, { readonly text: string; readonly stamp: string }>();

  constructor(root: URL = ROOT) {
    this.#root = root;
  }

  has(path: string): boolean {
    return this.#texts.has(path) || existsSync(new URL(path, this.#root));
  }

  read(path: string): string {
    let known = this.#texts.get(path);
    if (known === undefined) {
      const stamp = this.#stamp(path);
      known = { stamp, text: readFileSync(new URL(path, this.#root), 'utf8') };
      this.#texts.set(path, known);
    }
    return known.text;
  }

  /** False if a file that was read has been written since. */
  isCurrent(): boolean {
    return [...this.#texts].every(([path, { stamp }]) => this.#stamp(path) === stamp);
  }

  /** Names of the modules of a folder, tests apart, as paths. */
  modulesIn(folder: string): string[] {
    return readdirSync(new URL(folder, this.#root))
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .map((file) => `${folder}${file}`);
  }

  #stamp(path: string): string {
    const { ino, size, mtimeMs } = statSync(new URL(path, this.#root));
    return `${ino} ${size} ${mtimeMs}`;
  }
}

/**
 * Paths of all files that these reach, they included, sorted. Packages are left out. `isLoaded`:
 * only through imports that load something.
 */
export function closureOf(entries: readonly string[], reader: Reader, isLoaded = false): string[] {
  const reached = new Set<string>();
  const visit = (path: string): void => {
    if (reached.has(path)) return;
    reached.add(path);
    const text = isLoaded ? reader.read(path).replace(TYPES_ONLY, '') : reader.read(path);
    for (const [, specifier] of text.matchAll(SPECIFIER)) {
      const target = resolved(path, specifier!);
      // A text that writes an import is scanned too; what is not there cannot be loaded.
      if (target !== null && reader.has(target)) visit(target);
    }
  };
  entries.forEach(visit);
  return [...reached].sort();
}

function resolved(path: string, specifier: string): string | null {
  if (specifier.startsWith('#')) return `src/${specifier.slice(1)}.ts`;
  if (!specifier.startsWith('.')) return null;
  return posix.join(posix.dirname(path), specifier);
}

/** Texts of the files of a port that are mutated, by path relative to reference/. */
export function portTexts(era: EraName): Map<string, string> {
  const [folder, reader] = ['reference/', new Reader()];
  const own = closureOf([`${folder}systems/${era}.ts`], reader, true)
    .filter((path) => path.startsWith(`${folder}v`))
    .map((path) => [path.slice(folder.length), reader.read(path)] as const);
  return new Map(own);
}
