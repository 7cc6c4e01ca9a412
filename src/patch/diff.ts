// SPDX-License-Identifier: GPL-2.0-only
// What does a unified diff change? The counts in the headers of hunks drive the reading, so that
// no line of a hunk is ever taken for a header, nor a signature for a line of a hunk.

import { type Decode, toBytes } from './charset.ts';
import { withinLimit } from './limits.ts';
import { nameAt, namesOfGitLine, treePaths } from './paths.ts';
import type { FileChange, FileKind, Hunk, HunkLine } from './values.ts';

export interface Diff {
  readonly files: readonly FileChange[];
  /** What is before the first file and between files, as bytes. */
  readonly before: string;
  readonly after: string;
  readonly problems: readonly string[];
}

/** What is known of a file while its headers and hunks are read. Names still have prefixes. */
interface Draft {
  oldName: string | null;
  newName: string | null;
  hasNames: boolean;
  kind: FileKind | null;
  oldMode: string | null;
  newMode: string | null;
  oldBlob: string | null;
  isBinary: boolean;
  /** The lines `rename from` and the like give paths without prefixes. */
  from: string | null;
  to: string | null;
  readonly hunks: Hunk[];
}

const HUNK = /^@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@(?: (.*))?$/;

/** Reads all diffs in a text of bytes with plain line ends. */
export function readDiff(bytes: string, decode: Decode): Diff {
  return new Reader(bytes, decode).read();
}

/** Offset of the first line that begins a diff; -1 if there is none. */
export function diffStart(bytes: string, from = 0): number {
  for (let at = from; at < bytes.length; ) {
    const end = bytes.indexOf('\n', at);
    const next = end < 0 ? bytes.length : end + 1;
    if (bytes.startsWith('diff --git ', at)) return at;
    if (bytes.startsWith('--- ', at) && bytes.startsWith('+++ ', next)) return at;
    at = next;
  }
  return -1;
}

class Reader {
  readonly #bytes: string;
  readonly #decode: Decode;
  readonly #drafts: Draft[] = [];
  readonly #problems: string[] = [];
  #at = 0;
  #hunks = 0;
  /** Where the last hunk or header ended. */
  #end = 0;

  constructor(bytes: string, decode: Decode) {
    this.#bytes = bytes;
    this.#decode = decode;
  }

  read(): Diff {
    const start = diffStart(this.#bytes);
    this.#at = start < 0 ? this.#bytes.length : start;
    this.#end = this.#at;
    while (this.#at < this.#bytes.length) this.#line();
    if (start < 0 && /^\*\*\* .*\n--- /m.test(this.#bytes.slice(0, 100_000))) {
      this.#problems.push('this is a context diff: only unified ones are read (diff -u)');
    }
    return {
      files: this.#drafts.map((draft) => this.#finished(draft)),
      before: start < 0 ? this.#bytes : this.#bytes.slice(0, start),
      after: this.#bytes.slice(this.#end),
      problems: this.#problems,
    };
  }

  /** The line at the cursor, without its end. */
  #peek(at = this.#at): string {
    const end = this.#bytes.indexOf('\n', at);
    return this.#bytes.slice(at, end < 0 ? this.#bytes.length : end);
  }

  #skip(line: string): void {
    this.#at += line.length + 1;
  }

  #line(): void {
    const line = this.#peek();
    const draft = this.#drafts.at(-1);
    if (line.startsWith('@@@')) {
      this.#problems.push('this is a combined diff of a merge, which has no two sides');
      this.#at = this.#bytes.length;
    } else if (line.startsWith('diff --git ')) {
      this.#begin(namesOfGitLine(line.slice('diff --git '.length)));
      this.#skip(line);
    } else if (line.startsWith('--- ') && this.#bytes.startsWith('+++ ', this.#after(line))) {
      this.#names(line);
    } else if (draft !== undefined && HUNK.test(line)) {
      this.#hunk(draft, line);
    } else {
      if (draft !== undefined && draft.hunks.length === 0) this.#header(draft, line);
      this.#skip(line);
      return;
    }
    this.#end = Math.min(this.#at, this.#bytes.length);
  }

  #after(line: string): number {
    return this.#at + line.length + 1;
  }

  #begin(names: readonly [string, string] | null): Draft {
    withinLimit('files', 'files', this.#drafts.length);
    const draft: Draft = {
      oldName: names?.[0] ?? null,
      newName: names?.[1] ?? null,
      hasNames: names !== null,
      kind: null,
      oldMode: null,
      newMode: null,
      oldBlob: null,
      isBinary: false,
      from: null,
      to: null,
      hunks: [],
    };
    this.#drafts.push(draft);
    return draft;
  }

  /** `---` and `+++`: of the file that git's line began, or of another. */
  #names(line: string): void {
    const other = this.#peek(this.#after(line));
    const last = this.#drafts.at(-1);
    const isOfGitLine = last !== undefined && last.hunks.length === 0 && !last.isBinary;
    const draft = isOfGitLine ? last : this.#begin(null);
    draft.oldName = nameAt(line.slice(4))?.name.trimEnd() ?? null;
    draft.newName = nameAt(other.slice(4))?.name.trimEnd() ?? null;
    draft.hasNames = true;
    this.#skip(line);
    this.#skip(other);
  }

  /** A line between `diff --git` and the first hunk. */
  #header(draft: Draft, line: string): void {
    const [, blob = '', mode = null] =
      /^index ([0-9a-f]{4,64})\.\.[0-9a-f]{4,64}(?: (\d{6}))?$/.exec(line) ?? [null];
    if (blob !== '') {
      draft.oldBlob = blob;
      draft.oldMode ??= mode;
      draft.newMode ??= mode;
    }
    const rest = (head: string) => (line.startsWith(head) ? line.slice(head.length) : null);
    const from = rest('rename from ') ?? rest('copy from ');
    const to = rest('rename to ') ?? rest('copy to ');
    if (from !== null) {
      draft.kind = line.startsWith('rename') ? 'renamed' : 'copied';
      draft.from = nameAt(from)?.name ?? from;
    }
    if (to !== null) draft.to = nameAt(to)?.name ?? to;
    this.#mode(draft, line);
    if (line.startsWith('Binary files ') || line === 'GIT binary patch') draft.isBinary = true;
  }

  #mode(draft: Draft, line: string): void {
    const [, what = '', mode = ''] =
      /^(old mode|new mode|new file mode|deleted file mode) (\d{6})$/.exec(line) ?? [];
    if (what === 'old mode' || what === 'deleted file mode') draft.oldMode = mode;
    if (what === 'new mode' || what === 'new file mode') draft.newMode = mode;
    if (what === 'new file mode') draft.kind = 'created';
    if (what === 'deleted file mode') draft.kind = 'deleted';
  }

  #hunk(draft: Draft, header: string): void {
    withinLimit('hunks', 'hunks', ++this.#hunks);
    const start = this.#at;
    const [, oldStart = '', oldCount = '1', newStart = '', newCount = '1', heading = ''] =
      HUNK.exec(header)!;
    this.#skip(header);
    const counts = { old: Number(oldCount), new: Number(newCount) };
    const lines = this.#hunkLines(counts);
    if (counts.old > 0 || counts.new > 0) {
      const [oldPath, newPath] = treePaths(draft.oldName, draft.newName);
      const path = this.#decode(newPath ?? oldPath ?? 'a file');
      const where = `hunk ${draft.hunks.length + 1} of ${path}`;
      this.#problems.push(`${where} ends before its header says: the mail is cut or wrapped`);
    }
    draft.hunks.push({
      oldStart: Number(oldStart),
      oldCount: Number(oldCount),
      newStart: Number(newStart),
      newCount: Number(newCount),
      heading: this.#decode(heading),
      lines,
      bytes: toBytes(this.#bytes.slice(start, this.#at)),
    });
  }

  /** Lines until the counts are used up, or something stands there that is no line of a hunk. */
  #hunkLines(counts: { old: number; new: number }): HunkLine[] {
    const lines: HunkLine[] = [];
    while (this.#at < this.#bytes.length) {
      const line = this.#peek();
      const isOpen = counts.old > 0 || counts.new > 0;
      if (line.startsWith('\\') && lines.length > 0) {
        lines.push({ ...lines.pop()!, isUnended: true });
      } else if (!isOpen) break;
      else {
        const kind = KINDS[line[0] ?? ' '];
        if (kind === undefined) break;
        if (kind !== 'added' && --counts.old < 0) break;
        if (kind !== 'removed' && --counts.new < 0) break;
        lines.push({ kind, text: this.#decode(line.slice(1)), isUnended: false });
      }
      this.#skip(line);
    }
    return lines;
  }

  #finished(draft: Draft): FileChange {
    const [oldTree, newTree] = treePaths(draft.oldName, draft.newName);
    if (!draft.hasNames || (oldTree === null && newTree === null)) {
      this.#problems.push('a file of the diff has no name that can be read');
    }
    const kind = draft.kind ?? kindOf(oldTree, newTree);
    const text = (path: string | null) => (path === null ? null : this.#decode(path));
    const { oldMode, newMode, oldBlob, isBinary, hunks } = draft;
    return {
      kind,
      oldPath: kind === 'created' ? null : text(draft.from ?? oldTree),
      newPath: kind === 'deleted' ? null : text(draft.to ?? newTree),
      oldMode,
      newMode,
      oldBlob,
      isBinary,
      hunks,
    };
  }
}

/** An empty line is a context line whose space a mailer took away. */
const KINDS: Readonly<Record<string, HunkLine['kind']>> = {
  ' ': 'context',
  '+': 'added',
  '-': 'removed',
};

function kindOf(oldPath: string | null, newPath: string | null): FileKind {
  if (oldPath === null) return 'created';
  return newPath === null ? 'deleted' : 'changed';
}
