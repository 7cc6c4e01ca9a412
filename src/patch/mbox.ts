// SPDX-License-Identifier: GPL-2.0-only
// Where does one message of an mbox end and the next begin? At a separator with a date, as git
// mailsplit has it: prose that begins with "From " has none.

import { withinLimit } from './limits.ts';

/** Git writes `From <id> Mon Sep 17 00:00:00 2001`, b4 `From git@z Thu Jan  1 00:00:00 1970`. */
const SEPARATOR =
  /^From \S{1,500} {1,8}[A-Z][a-z]{2} +[A-Z][a-z]{2} +\d{1,2} \d{1,2}:\d{2}(:\d{2})? .*\d{2}/;

export function isSeparator(line: string): boolean {
  return line.startsWith('From ') && SEPARATOR.test(line.trimEnd().slice(0, 700));
}

/**
 * The messages of an mbox, each without its separator line. `isRd` undoes `>From ` in bodies
 * (mboxrd): only then is it known that the writer escaped it.
 */
export function splitMbox(bytes: string, isRd: boolean): string[] {
  const messages: string[] = [];
  let start = -1;
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf('\n', at);
    const next = end < 0 ? bytes.length : end + 1;
    if (bytes.startsWith('From ', at) && isSeparator(bytes.slice(at, Math.min(next, at + 700)))) {
      if (start >= 0) messages.push(bytes.slice(start, at));
      withinLimit('messages', 'messages', messages.length);
      start = next;
    }
    at = next;
  }
  if (start >= 0) messages.push(bytes.slice(start));
  return isRd ? messages.map((message) => message.replace(/^>(>*From )/gm, '$1')) : messages;
}
