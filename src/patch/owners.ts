// SPDX-License-Identifier: GPL-2.0-only
// Which functions, macros and structs do the lines of a hunk belong to? Kernel code begins a
// function in column 0 and ends it with a brace there, so a scan of the lines finds its owner
// without a parser; what stands before the first line of a hunk comes from the hunk's heading.

import type { FileChange, Hunk, HunkLine, Owner } from './values.ts';

export type { Owner };

/** A changed line and what it belongs to: null between functions. */
export interface OwnedLine {
  readonly line: HunkLine;
  readonly owner: Owner | null;
}

/** Calls of these stand in column 0 and begin no function. */
const NO_OWNER = /^(EXPORT_SYMBOL|MODULE_|module_|DEFINE_|DECLARE_|early_|late_|__setup|ALLOW_)/;
const WORDS = new Set(['if', 'for', 'while', 'switch', 'return', 'sizeof', 'else', 'do', 'case']);

/** `name(` at the end of what a line of column 0 says before its first parenthesis. */
function functionAt(text: string): string | null {
  if (!/^[A-Za-z_]/.test(text)) return null;
  const open = text.indexOf('(');
  if (open < 0 || open > 500) return null;
  const before = text.slice(0, open).trimEnd();
  if (/[=;{}]/.test(before)) return null;
  const name = /[A-Za-z_]\w*$/.exec(before)?.[0];
  return name === undefined || WORDS.has(name) || NO_OWNER.test(name) ? null : name;
}

/** What a line of column 0 begins; undefined if nothing. */
function begins(text: string): Omit<Owner, 'isGuessed'> | null {
  const [, macro] = /^#\s{0,8}define\s{1,8}([A-Za-z_]\w{0,200})/.exec(text) ?? [];
  if (macro !== undefined) return { kind: 'macro', name: macro };
  const comment = text.indexOf('/*');
  const code = (comment < 0 ? text : text.slice(0, comment)).trimEnd();
  const [, struct] =
    /^(?:typedef )?(?:struct|union|enum) ([A-Za-z_]\w{0,200})(?: \{|$)/.exec(code) ?? [];
  if (struct !== undefined) return { kind: 'struct', name: struct };
  if (code.endsWith(';')) return null;
  const name = functionAt(code);
  return name === null ? null : { kind: 'function', name };
}

/** The owner that the heading of a hunk names; null if it names none. */
export function ownerOfHeading(heading: string): Owner | null {
  const found = begins(heading.trim());
  return found === null ? null : { ...found, isGuessed: true };
}

/** Goes line by line through one side of a file or hunk, and knows what each line belongs to. */
class Scan {
  #owner: Owner | null;
  /** The owner's body has begun, as far as is known. */
  #isOpen: boolean;

  constructor(owner: Owner | null) {
    this.#owner = owner;
    this.#isOpen = owner !== null;
  }

  next(text: string): Owner | null {
    const started = begins(text);
    if (started !== null) {
      this.#owner = { ...started, isGuessed: false };
      this.#isOpen = text.trimEnd().endsWith('{');
      if (started.kind === 'macro') return this.#macro(text);
      return this.#owner;
    }
    const owner = this.#owner;
    if (owner?.kind === 'macro') return this.#macro(text);
    if (text.startsWith('{')) this.#isOpen = true;
    else if (text.startsWith('}')) this.#owner = null;
    // A declaration over several lines: it had no body.
    else if (!this.#isOpen && /\)[^(){}]*;\s*$/.test(text.slice(-200))) this.#owner = null;
    else if (isOutside(text) && (owner?.isGuessed === true || !this.#isOpen)) {
      this.#owner = null;
      return null;
    }
    return owner;
  }

  /** A macro ends with the first line that has no backslash at its end. */
  #macro(text: string): Owner | null {
    const owner = this.#owner;
    if (!text.trimEnd().endsWith('\\')) this.#owner = null;
    return owner;
  }
}

/** A declaration in column 0: no function body goes on around it. */
function isOutside(text: string): boolean {
  // Comments within functions are indented.
  if (/^(\/\*| \*(?:[ /\t]|$))/.test(text)) return true;
  const [word] = /^\w+/.exec(text) ?? [];
  return word !== undefined && TYPES.has(word) && /[;=,]\s*$/.test(text.slice(-300));
}

const TYPES = new Set([
  'static',
  'extern',
  'const',
  'struct',
  'enum',
  'union',
  'typedef',
  'bool',
  'int',
  'u64',
  'void',
]);

/** The changed lines of a hunk with their owners, by what the hunk itself shows. */
export function ownedLines(hunk: Pick<Hunk, 'heading' | 'lines' | 'first'>): OwnedLine[] {
  const heading = hunk.first === undefined ? ownerOfHeading(hunk.heading) : hunk.first;
  const [before, after] = [new Scan(heading), new Scan(heading)];
  return hunk.lines.flatMap((line): OwnedLine[] => {
    if (line.kind === 'removed') return [{ line, owner: before.next(line.text) }];
    if (line.kind === 'added') return [{ line, owner: after.next(line.text) }];
    before.next(line.text);
    after.next(line.text);
    return [];
  });
}

/** The owner of each line of a whole file, in order: what the tree itself says. */
export function ownersOfFile(text: string): readonly (Owner | null)[] {
  const scan = new Scan(null);
  return text.split('\n').map((line) => scan.next(line));
}

/** The change with what the tree says of each hunk; `before` is the file as the patch found it. */
export function ownedByTree(file: FileChange, before: string | null): FileChange {
  if (before === null) return file;
  const owners = ownersOfFile(before);
  const hunks = file.hunks.map((hunk) => ({ ...hunk, first: owners[hunk.oldStart - 2] ?? null }));
  return { ...file, hunks };
}
