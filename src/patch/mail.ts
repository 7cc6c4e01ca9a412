// SPDX-License-Identifier: GPL-2.0-only
// What does a mail say, and where in it is the patch? Headers, and the text of those parts that may
// hold one, in order.

import { type Decode, decoderOf } from './charset.ts';
import { LIMITS, withinLimit } from './limits.ts';
import { undoHeaderWords, undoTransfer } from './transfer.ts';

/** Header fields by lower-case name, unfolded, as bytes; of several of one name the first. */
export type Headers = ReadonlyMap<string, string>;

export interface Mail {
  readonly headers: Headers;
  /** Bytes of all parts that may hold a patch, one after the other. */
  readonly body: string;
  readonly decode: Decode;
  readonly problems: readonly string[];
}

/** Takes a message apart. Bytes are a string of characters below 256. */
export function readMail(bytes: string): Mail {
  const found: Found = { parts: 0, bodies: [], charset: null, problems: [] };
  const headers = walk(normalLines(bytes), 0, found);
  return {
    headers,
    body: found.bodies.join('\n'),
    decode: decoderOf(found.charset),
    problems: found.problems,
  };
}

/** The text of a header, with its encoded words undone; empty if it is not there. */
export function headerText(headers: Headers, name: string): string {
  return undoHeaderWords(headers.get(name) ?? '')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Line ends of mail become those of files. Bytes within a line stay. */
export function normalLines(bytes: string): string {
  return bytes.replaceAll('\r\n', '\n');
}

interface Found {
  parts: number;
  readonly bodies: string[];
  charset: string | null;
  readonly problems: string[];
}

/** Goes through a part and those in it; returns the part's headers. */
function walk(bytes: string, depth: number, found: Found): Headers {
  withinLimit('mimeParts', 'parts', ++found.parts);
  withinLimit('mimeDepth', 'parts inside each other', depth);
  const { headers, rest } = splitHeaders(bytes);
  const { type, parameters } = contentType(headers.get('content-type') ?? 'text/plain');
  const boundary = parameters.get('boundary');
  if (type.startsWith('multipart/') && boundary !== undefined) {
    for (const part of partsOf(rest, boundary)) walk(part, depth + 1, found);
    return headers;
  }
  if (!mayHoldPatch(type, headers)) return headers;
  const decoded = undoTransfer(rest, headers.get('content-transfer-encoding') ?? '');
  const body = normalLines(decoded);
  found.charset ??= parameters.get('charset') ?? null;
  if (parameters.get('format')?.toLowerCase() === 'flowed') {
    found.problems.push('the mail is format=flowed, which breaks the lines of patches');
  }
  found.bodies.push(body);
  return headers;
}

function mayHoldPatch(type: string, headers: Headers): boolean {
  if (type === 'text/plain' || type === 'text/x-patch' || type === 'text/x-diff') return true;
  if (type.startsWith('text/')) return type !== 'text/html';
  const disposition = headers.get('content-disposition') ?? '';
  return /\.(patch|diff)"?\s*(;|$)/i.test(disposition.slice(0, 500));
}

/** The head of a message, up to the first empty line, and what follows. */
export function splitHeaders(bytes: string): { headers: Headers; rest: string } {
  const headers = new Map<string, string>();
  let name = '';
  let at = 0;
  let count = 0;
  while (at < bytes.length) {
    const end = lineEnd(bytes, at);
    const line = bytes.slice(at, end);
    if (line === '') return { headers, rest: bytes.slice(end + 1) };
    const field = /^([!-9;-~]{1,80}):[ \t]?(.*)$/.exec(line);
    if (/^[ \t]/.test(line) && name !== '') {
      headers.set(name, `${headers.get(name)!} ${line.trim()}`);
    } else if (field === null) return { headers, rest: bytes.slice(at) };
    else {
      withinLimit('headers', 'header fields', ++count);
      name = field[1]!.toLowerCase();
      // The first of a name counts; what continues a later one is put where nobody looks.
      if (headers.has(name)) name = `later ${count}`;
      headers.set(name, field[2]!);
    }
    at = end + 1;
  }
  return { headers, rest: '' };
}

function lineEnd(bytes: string, from: number): number {
  const end = bytes.indexOf('\n', from);
  return end < 0 ? bytes.length : end;
}

function contentType(value: string): { type: string; parameters: ReadonlyMap<string, string> } {
  const parameters = new Map<string, string>();
  const [type = '', ...rest] = value.slice(0, 2000).split(';');
  for (const parameter of rest) {
    const [name = '', ...text] = parameter.split('=');
    parameters.set(name.trim().toLowerCase(), unquoted(text.join('=').trim()));
  }
  return { type: type.trim().toLowerCase(), parameters };
}

function unquoted(value: string): string {
  return value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
}

/** The parts between the boundaries; what comes before the first and after the last is no part. */
function partsOf(bytes: string, boundary: string): string[] {
  if (boundary === '') return [];
  const parts: string[] = [];
  let lines: string[] | null = null;
  for (const line of bytes.split('\n')) {
    const text = line.trimEnd();
    const isEnd = text === `--${boundary}--`;
    if (isEnd || text === `--${boundary}`) {
      if (lines !== null) parts.push(lines.join('\n'));
      lines = isEnd ? null : [];
      if (isEnd || parts.length > LIMITS.mimeParts) break;
    } else lines?.push(line);
  }
  if (lines !== null && lines.length > 0) parts.push(lines.join('\n'));
  return parts;
}
