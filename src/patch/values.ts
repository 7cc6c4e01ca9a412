// SPDX-License-Identifier: GPL-2.0-only
// What is a patch, once it has been read? Values only: who says what in its changelog, which files
// it changes, and in each hunk the lines and the very bytes that were mailed.

/** What a line of C belongs to. */
export interface Owner {
  readonly kind: 'function' | 'macro' | 'struct';
  readonly name: string;
  /** Taken from the heading of a hunk: git names what it saw last, which may have ended. */
  readonly isGuessed: boolean;
}

/** A line of a hunk, without its mark and without its line end. */
export interface HunkLine {
  readonly kind: 'context' | 'added' | 'removed';
  readonly text: string;
  /** The file ends here, and not with a line end. */
  readonly isUnended: boolean;
}

/** A run of lines of one file. Line numbers begin with 1, as in the header of the hunk. */
export interface Hunk {
  readonly oldStart: number;
  readonly oldCount: number;
  readonly newStart: number;
  readonly newCount: number;
  /** What stands behind the second @@: the function before the hunk, as far as the tool saw it. */
  readonly heading: string;
  /** What the line before the hunk belongs to, where a tree told it; else the heading is taken. */
  readonly first?: Owner | null;
  readonly lines: readonly HunkLine[];
  /** The hunk as it was mailed, header included, after the transfer encoding is undone. */
  readonly bytes: Uint8Array;
}

export type FileKind = 'changed' | 'created' | 'deleted' | 'renamed' | 'copied';

export interface FileChange {
  readonly kind: FileKind;
  /** Path in the tree, without `a/`; null for a file that is created. It may be hostile. */
  readonly oldPath: string | null;
  /** Null for a file that is deleted. */
  readonly newPath: string | null;
  /** Six octal digits, where the patch says them. */
  readonly oldMode: string | null;
  readonly newMode: string | null;
  /** Id of the file before the patch, as many digits as there are. */
  readonly oldBlob: string | null;
  /** Its contents are not lines, so nothing can be said of them. */
  readonly isBinary: boolean;
  readonly hunks: readonly Hunk[];
}

/** A line such as `Fixes: ...` at the end of a changelog. */
export interface Trailer {
  readonly key: string;
  readonly value: string;
}

/** `[PATCH v2 3/5]`. */
export interface Numbering {
  readonly version: number;
  /** From 1; 0 is the cover letter. */
  readonly index: number;
  readonly of: number;
}

export interface Patch {
  /** Where it was read: a file, or `standard input`, and which message of it. */
  readonly source: string;
  /** Without what stands in brackets before it; empty for a bare diff. */
  readonly subject: string;
  readonly numbering: Numbering | null;
  readonly author: string;
  /** As the header has it. */
  readonly date: string;
  readonly messageId: string;
  /** What would become the commit message, without subject and trailers. */
  readonly changelog: string;
  readonly trailers: readonly Trailer[];
  /** What stands between `---` and the diff, and behind it: notes, diffstat, base-commit. */
  readonly notes: string;
  /** The id behind `base-commit:`. */
  readonly baseCommit: string | null;
  /** True if it came as a mail or from git, so that a changelog can be asked for. */
  readonly isMail: boolean;
  readonly files: readonly FileChange[];
  /** What could not be read, one sentence each: the patch cannot be analysed as a whole then. */
  readonly problems: readonly string[];
}
