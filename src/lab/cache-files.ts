// SPDX-License-Identifier: GPL-2.0-only
// Which files are the cache, and who may take one away? A process writes one file and nobody else
// writes that. A file whose process is gone, or which came by a rename, never changes again; when
// there are many of those, one run writes their lines into a new file and takes away what it has
// read. Two that do so at once write the same lines twice, and lose none: no lock is needed, and
// none can be left behind.

import { randomUUID } from 'node:crypto';
import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '#folders';
import { isOwned, newOwnName } from './owners.ts';

/** Lines of a file without their ends. */
export type Lines = readonly Buffer[];

/** The version of the format stands in the name too: files of others are not looked at. */
const SUFFIX = '.v1.jsonl';
const HEADER = Buffer.from('{"schema":{"name":"kvm-mutants/cache","version":1}}');
const LINE_END = 0x0a;

/** A file that is longer has not come from a run. */
const FILE_MAX = 1 << 28;
/** What is kept when files are put together. */
const KEPT_MAX = 1 << 26;
/** So many files that nobody writes any more are left alone. */
const FILES_MAX = 4;

export class CacheFiles {
  readonly #folder: string;
  readonly #warn: (text: string) => void;
  readonly #own = newOwnName();
  /** Files whose lines are known, by name, each with how many bytes of it were read. */
  readonly #read = new Map<string, number>();
  #descriptor: number | null = null;
  #written = 0;
  #isBroken = false;

  constructor(folder: string, warn: (text: string) => void) {
    this.#folder = folder;
    this.#warn = warn;
  }

  /** The lines of all files, the oldest file first. What has no line end is no line. */
  read(): Lines[] {
    return this.#names()
      .map((name) => ({ name, age: ageOf(join(this.#folder, name)) }))
      .sort((a, b) => a.age - b.age || (a.name < b.name ? -1 : 1))
      .flatMap(({ name }) => {
        const lines = this.#linesOf(name);
        return lines === null ? [] : [lines];
      });
  }

  /** Could a line not be written? */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Adds a line to the file of this process. The first failure is the last attempt. */
  append(line: Buffer): void {
    if (this.#isBroken) return;
    try {
      this.#descriptor ??= this.#create();
      this.#write(this.#descriptor, line);
    } catch (error) {
      this.#isBroken = true;
      this.#warn(`the cache cannot be written, so results are not kept: ${sentence(error)}`);
    }
  }

  /** Ends the own file. If there are many, or if `mustTidy`, all become one with these lines. */
  close(mustTidy: boolean, lines: () => Lines): void {
    if (this.#descriptor !== null) {
      closeSync(this.#descriptor);
      this.#descriptor = null;
      this.#read.set(`${this.#own}${SUFFIX}`, this.#written);
    }
    const closed = [...this.#read].filter(([name, size]) => this.#isDone(name, size));
    if (this.#isBroken || (closed.length <= FILES_MAX && !mustTidy)) return;
    try {
      this.#putTogether(
        closed.map(([name]) => name),
        lines(),
      );
    } catch (error) {
      this.#warn(`the cache cannot be put in order: ${sentence(error)}`);
    }
  }

  /** Nobody will write to it any more, nor has since it was read. */
  #isDone(name: string, size: number): boolean {
    if (isBeingWritten(name, this.#own)) return false;
    return statSync(join(this.#folder, name), { throwIfNoEntry: false })?.size === size;
  }

  #putTogether(closed: readonly string[], lines: Lines): void {
    const kept: Buffer[] = [];
    let size = 0;
    for (const line of lines.toReversed()) {
      size += line.length + 1;
      if (size > KEPT_MAX) break;
      kept.push(line);
    }
    const end = Buffer.from([LINE_END]);
    const all = [HEADER, ...kept.reverse()].flatMap((line) => [line, end]);
    const path = join(this.#folder, `all~${randomUUID()}${SUFFIX}`);
    const temporary = `${join(this.#folder, this.#own)}.tmp`;
    try {
      writeFileSync(temporary, Buffer.concat(all), { flag: 'wx' });
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
    for (const name of closed) rmSync(join(this.#folder, name), { force: true });
    for (const name of readdirSync(this.#folder)) {
      const isLeft = name.endsWith('.tmp') && !isBeingWritten(name, this.#own);
      if (isLeft) rmSync(join(this.#folder, name), { force: true });
    }
  }

  #names(): string[] {
    try {
      return readdirSync(this.#folder).filter((name) => name.endsWith(SUFFIX));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        this.#warn(`the cache cannot be read: ${sentence(error)}`);
      }
      return [];
    }
  }

  #linesOf(name: string): Lines | null {
    const path = join(this.#folder, name);
    try {
      const { size } = statSync(path);
      if (size > FILE_MAX) {
        this.#warn(`${path} is too long for a cache file and is left out; delete it`);
        return null;
      }
      const bytes = readFileSync(path);
      const lines = linesOf(bytes);
      // A process may have been killed before the first line was whole.
      if (lines.length > 0 && !lines[0]!.equals(HEADER)) {
        this.#warn(`${path} is no cache file and is left out; delete it`);
        return null;
      }
      this.#read.set(name, bytes.length);
      return lines.slice(1);
    } catch (error) {
      // Another run may have put the files together meanwhile: what it has is found out again.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
        this.#warn(`${path} cannot be read and is left out: ${sentence(error)}`);
      }
      return null;
    }
  }

  #create(): number {
    makeFolder(this.#folder);
    const descriptor = openSync(join(this.#folder, `${this.#own}${SUFFIX}`), 'ax');
    this.#write(descriptor, HEADER);
    return descriptor;
  }

  /** A full disk may take a part of what it is given. */
  #write(descriptor: number, line: Buffer): void {
    const bytes = Buffer.concat([line, Buffer.from([LINE_END])]);
    for (let from = 0; from < bytes.length; ) from += writeSync(descriptor, bytes, from);
    this.#written += bytes.length;
  }
}

/** Only a file that came by a rename has no owner. */
function isBeingWritten(name: string, own: string): boolean {
  return !name.startsWith(own) && !name.startsWith('all~') && isOwned(name);
}

function ageOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let from = 0; ; ) {
    const to = bytes.indexOf(LINE_END, from);
    if (to < 0) return lines;
    lines.push(bytes.subarray(from, to));
    from = to + 1;
  }
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
