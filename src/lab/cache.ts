// SPDX-License-Identifier: GPL-2.0-only
// What was found out already, by this run or an earlier one? Values by key, in a folder of files
// that only grow. Each process has a file of its own, so two runs in one folder never mix their
// lines, and a result is in the file as soon as it is known: whoever is killed loses nothing that
// was finished. Nothing in the folder is needed: what is damaged is left out, with a warning.

import { createHash } from 'node:crypto';
import { CacheFiles, type Lines } from './cache-files.ts';
import { decode, encode } from './codec.ts';

export type Entry = readonly [key: string, value: unknown];

/** What is known by key. Keys are 64 hexadecimal digits, values as encode() takes them. */
export interface Cache {
  /** Undefined if it is not known. */
  readonly get: (key: string) => unknown;
  readonly put: (entries: Iterable<Entry>) => void;
  /** Will a later run know what was put? */
  readonly isKept: () => boolean;
  /** Puts the folder in order. */
  readonly close: () => void;
}

/** Knows nothing and keeps nothing. */
export const NO_CACHE: Cache = {
  get: () => undefined,
  put: () => {},
  isKept: () => false,
  close: () => {},
};

/** The cache, which learns nothing once `isSound` has said no. */
export function whileSound(cache: Cache, isSound: () => boolean): Cache {
  let isOver = false;
  return {
    get: (key) => cache.get(key),
    close: () => cache.close(),
    isKept: () => !isOver && cache.isKept(),
    // To find out takes longer than to keep a value: what is found out together is kept together.
    put: (entries) => {
      isOver ||= !isSound();
      if (!isOver) cache.put(entries);
    },
  };
}

/** The head of a line: its length tells where the value begins. */
const LINE = /^\{"key":"([0-9a-f]{64})","sum":"([0-9a-f]{16})","value":$/;
const HEAD_LENGTH = '{"key":"","sum":"","value":'.length + 64 + 16;

/** Opens the cache of a folder, which need not exist. Never throws: at worst nothing is known. */
export function openCache(folder: string, warn: (text: string) => void): Cache {
  return new FolderCache(new CacheFiles(folder, warn), warn);
}

class FolderCache implements Cache {
  readonly #files: CacheFiles;
  readonly #warn: (text: string) => void;
  /** Lines as they stand in their files. A value is read and checked when it is asked for. */
  readonly #lines = new Map<string, Buffer>();
  readonly #used = new Set<string>();
  #damaged = 0;

  constructor(files: CacheFiles, warn: (text: string) => void) {
    this.#files = files;
    this.#warn = warn;
    for (const file of files.read()) this.#learn(file);
    if (this.#damaged > 0) this.#warn(`${this.#damaged} damaged lines of the cache are left out`);
  }

  get(key: string): unknown {
    const line = this.#lines.get(key);
    if (line === undefined) return undefined;
    const text = checkedValue(line);
    if (text === null) {
      this.#lines.delete(key);
      this.#damaged++;
      this.#warn('a damaged line of the cache is left out');
      return undefined;
    }
    this.#used.add(key);
    return decode(text);
  }

  put(entries: Iterable<Entry>): void {
    for (const [key, value] of entries) {
      const line = Buffer.from(lineText(key, encode(value)));
      this.#lines.set(key, line);
      this.#used.add(key);
      this.#files.append(line);
    }
  }

  isKept(): boolean {
    return !this.#files.isBroken;
  }

  close(): void {
    this.#files.close(this.#damaged > 0, () => this.#soundLines());
  }

  /** What was used last is kept longest, so it comes last. */
  #soundLines(): Lines {
    return [...this.#lines]
      .sort(([a], [b]) => Number(this.#used.has(a)) - Number(this.#used.has(b)))
      .map(([, line]) => line)
      .filter((line) => checkedValue(line) !== null);
  }

  #learn(lines: Lines): void {
    for (const line of lines) {
      const key = LINE.exec(line.toString('latin1', 0, HEAD_LENGTH))?.[1];
      if (key === undefined || line.at(-1) !== '}'.charCodeAt(0)) this.#damaged++;
      else this.#lines.set(key, line);
    }
  }
}

function lineText(key: string, value: string): string {
  return `{"key":"${key}","sum":"${sumOf(value)}","value":${value}}`;
}

/** The text of the value; null if it is not the one that was written. */
function checkedValue(line: Buffer): string | null {
  const [, , sum] = LINE.exec(line.toString('latin1', 0, HEAD_LENGTH))!;
  const value = line.subarray(HEAD_LENGTH, -1);
  return sumOf(value) === sum ? value.toString('utf8') : null;
}

function sumOf(value: string | Buffer): string {
  return createHash('sha256').update(value).digest('hex').slice(0, 16);
}
