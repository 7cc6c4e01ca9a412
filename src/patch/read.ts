// SPDX-License-Identifier: GPL-2.0-only
// Which patches are in these bytes? An mbox, one mail, what `git log -p` or `git show` prints, or a
// bare diff: they are told apart by how they begin.

import { decoderOf, ofBytes } from './charset.ts';
import { withinLimit } from './limits.ts';
import { normalLines, readMail, splitHeaders } from './mail.ts';
import { isSeparator, splitMbox } from './mbox.ts';
import { patchOfDiff, patchOfLog, patchOfMail } from './message.ts';
import type { Patch } from './values.ts';

export interface ReadOptions {
  /** Undo `>From ` in bodies, as writers of mboxrd escape it. */
  readonly isMboxrd?: boolean;
}

/**
 * Reads what a file or standard input holds. `source` names it in messages. Never throws for what
 * is in the bytes, but for a UserError (3) where there is more than any series has; what cannot be
 * read is among the problems of its patch.
 */
export function readPatches(
  bytes: Uint8Array,
  source: string,
  { isMboxrd = false }: ReadOptions = {},
): Patch[] {
  withinLimit('bytes', 'bytes', bytes.length);
  const text = ofBytes(bytes).replace(/^(?:\xef\xbb\xbf)?[\r\n]*/, '');
  const first = firstLine(text);
  if (isSeparator(first)) {
    const messages = splitMbox(normalLines(text), isMboxrd);
    const name = (i: number) => (messages.length === 1 ? source : `${source}, message ${i + 1}`);
    return messages.map((message, i) => patchOfMail(readMail(message), name(i)));
  }
  if (/^commit [0-9a-f]{40,64}\b/.test(first)) return readLog(normalLines(text), source);
  if (isHeader(text, first)) return [patchOfMail(readMail(text), source)];
  return [patchOfDiff(normalLines(text), decoderOf(null), source)];
}

function firstLine(text: string): string {
  const end = text.indexOf('\n');
  return text.slice(0, Math.min(end < 0 ? text.length : end, 2_000)).trimEnd();
}

/** A mail begins with fields, and says who wrote it or what about. */
function isHeader(text: string, first: string): boolean {
  if (!/^[!-9;-~]{1,80}:/.test(first)) return false;
  const { headers } = splitHeaders(normalLines(text.slice(0, 200_000)));
  return headers.has('from') || headers.has('subject');
}

function readLog(text: string, source: string): Patch[] {
  const starts = [...text.matchAll(/^commit [0-9a-f]{40,64}\b/gm)].map(({ index }) => index);
  withinLimit('messages', 'commits', starts.length);
  return starts.map((start, i) => {
    const name = starts.length === 1 ? source : `${source}, commit ${i + 1}`;
    return patchOfLog(text.slice(start, starts[i + 1]), decoderOf(null), name);
  });
}
