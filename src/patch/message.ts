// SPDX-License-Identifier: GPL-2.0-only
// What is the changelog of a patch, what are its trailers, and where does its diff begin? One
// answer for a mail, one for an entry of git's log, one for a bare diff.

import type { Decode } from './charset.ts';
import { diffStart, readDiff } from './diff.ts';
import { headerText, type Mail } from './mail.ts';
import type { Numbering, Patch, Trailer } from './values.ts';

/** The patch of a mail; it has no files if the mail is a cover letter or a remark. */
export function patchOfMail(mail: Mail, source: string): Patch {
  const { headers, body, decode } = mail;
  const { prose, notes, diff } = cut(body);
  const { subject, numbering } = subjectOf(headerText(headers, 'subject'));
  const { head, rest } = inBodyHead(decode(prose));
  const { changelog, trailers } = withoutTrailers(rest);
  const read = readDiff(diff, decode);
  const more = `${decode(notes)}${decode(read.after)}`;
  return {
    source,
    subject: head.get('subject') ?? subject,
    numbering,
    author: head.get('from') ?? headerText(headers, 'from'),
    date: headerText(headers, 'date'),
    messageId: headerText(headers, 'message-id'),
    changelog,
    trailers,
    notes: more,
    baseCommit: baseCommit(more),
    isMail: true,
    files: read.files,
    problems: [...mail.problems, ...read.problems],
  };
}

/** The patch of a bare diff. */
export function patchOfDiff(bytes: string, decode: Decode, source: string): Patch {
  const read = readDiff(bytes, decode);
  const problems = [...read.problems];
  if (read.files.length === 0 && problems.length === 0) problems.push('there is no diff in it');
  return { ...NOTHING, source, baseCommit: null, files: read.files, problems };
}

/** The patch of an entry of `git log -p` or `git show`, whose message is indented by four. */
export function patchOfLog(bytes: string, decode: Decode, source: string): Patch {
  const read = readDiff(bytes, decode);
  const [head = '', ...message] = decode(read.before).split(/\n(?= {4}|\n)/);
  const lines = message.map((line) => line.replace(/^\n? {4}/, '').trimEnd());
  const [subject = '', ...rest] = lines.join('\n').trim().split('\n');
  const { changelog, trailers } = withoutTrailers(rest.join('\n'));
  const field = (name: string) => new RegExp(`^${name}: *(.{1,500})$`, 'm').exec(head)?.[1] ?? '';
  return {
    ...NOTHING,
    source,
    subject,
    author: field('Author'),
    date: field('Date'),
    changelog,
    trailers,
    isMail: true,
    files: read.files,
    problems: read.problems,
  };
}

const NOTHING: Patch = {
  source: '',
  subject: '',
  numbering: null,
  author: '',
  date: '',
  messageId: '',
  changelog: '',
  trailers: [],
  notes: '',
  baseCommit: null,
  isMail: false,
  files: [],
  problems: [],
};

/**
 * Prose, what stands behind `---`, and the diff. A diff is looked for behind the `---` if there is
 * one: what looks like one before it belongs to the changelog.
 */
function cut(body: string): { prose: string; notes: string; diff: string } {
  const line = /^---[ \t]*$/m.exec(body);
  const after = line === null ? 0 : line.index + line[0].length;
  const start = diffStart(body, after);
  // A `---` that no diff follows is part of the text.
  const first = start < 0 ? diffStart(body) : start;
  if (first < 0) return { prose: body, notes: '', diff: '' };
  if (line === null || start < 0)
    return { prose: body.slice(0, first), notes: '', diff: body.slice(first) };
  return {
    prose: body.slice(0, line.index),
    notes: body.slice(after, first),
    diff: body.slice(first),
  };
}

/** `[RFC PATCH v2 3/5] KVM: ...`: what the brackets number, and what stands behind them. */
export function subjectOf(line: string): { subject: string; numbering: Numbering | null } {
  let subject = line.replace(/^(?:(?:re|fwd?|aw):\s*)+/i, '');
  let numbering: Numbering | null = null;
  for (let i = 0; i < 10; i++) {
    const [whole, inside] = /^\[([^[\]]{1,200})\]\s*/.exec(subject) ?? [];
    if (whole === undefined || inside === undefined) break;
    subject = subject.slice(whole.length);
    if (/\b(patch|rfc|\d+\/\d+)\b/i.test(inside)) numbering ??= numberingOf(inside);
  }
  return { subject: subject.trim(), numbering };
}

function numberingOf(inside: string): Numbering {
  const [, index, of] = /\b(\d{1,4})\/(\d{1,4})\b/.exec(inside) ?? [];
  const [, version] = /\bv(\d{1,3})\b/i.exec(inside) ?? [];
  return { version: Number(version ?? 1), index: Number(index ?? 1), of: Number(of ?? 1) };
}

/** `From:` and `Subject:` at the start of a body are meant for git am. */
function inBodyHead(text: string): { head: ReadonlyMap<string, string>; rest: string } {
  const head = new Map<string, string>();
  const lines = text.replace(/^\n+/, '').split('\n');
  let at = 0;
  for (; at < lines.length; at++) {
    const [, name, value] = /^(From|Subject|Date): (.{1,500})$/.exec(lines[at]!) ?? [];
    if (name === undefined || value === undefined) break;
    head.set(name.toLowerCase(), value.trim());
  }
  // A sentence that begins with `From:` is none of them: an empty line must follow.
  if (at > 0 && lines[at]?.trim() !== '') return { head: new Map(), rest: text };
  return { head, rest: lines.slice(at).join('\n') };
}

const TRAILER = /^([A-Za-z][A-Za-z-]{1,40}): +(\S.{0,1000})$/;
/** Keys of trailers that may stand before the last paragraph, or in one that is mixed. */
const KNOWN = /^(fixes|cc|closes|link|reported-by|suggested-by|.{1,30}ed-by|.{1,20}-off-by)$/i;

function withoutTrailers(text: string): { changelog: string; trailers: Trailer[] } {
  const lines = text.trim().split('\n');
  const trailers: Trailer[] = [];
  const kept: string[] = [];
  for (const line of lines) {
    const [, key, value] = TRAILER.exec(line.trimEnd()) ?? [];
    if (key !== undefined && value !== undefined && KNOWN.test(key)) trailers.push({ key, value });
    else kept.push(line.trimEnd());
  }
  return { changelog: kept.join('\n').trim(), trailers };
}

function baseCommit(text: string): string | null {
  return /^base-commit: ([0-9a-f]{7,64})\s*$/m.exec(text)?.[1] ?? null;
}
