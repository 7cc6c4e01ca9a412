// SPDX-License-Identifier: GPL-2.0-only
// What did a mailer do to the bytes on their way? Quoted-printable and base64 are undone, and the
// words of headers that were encoded by them.

import { decoderOf } from './charset.ts';

/** Undoes a Content-Transfer-Encoding on a string of bytes; an unknown one is none. */
export function undoTransfer(bytes: string, encoding: string): string {
  const name = encoding.trim().toLowerCase();
  if (name === 'quoted-printable') return undoQuotedPrintable(bytes);
  if (name === 'base64') return undoBase64(bytes);
  return bytes;
}

/** RFC 2045, 6.7. What is no escape stays as it is: kernel lists have seen such mails. */
export function undoQuotedPrintable(bytes: string): string {
  return bytes
    .split('\n')
    .map((line, i, lines) => {
      const text = line.trimEnd();
      const isJoined = text.endsWith('=');
      const end = isJoined || i === lines.length - 1 ? '' : '\n';
      return (isJoined ? text.slice(0, -1) : text) + end;
    })
    .join('')
    .replace(/=([0-9A-Fa-f]{2})/g, (_, digits: string) =>
      String.fromCharCode(Number.parseInt(digits, 16)),
    );
}

export function undoBase64(bytes: string): string {
  return Buffer.from(bytes, 'base64').toString('latin1');
}

const WORD = /=\?([\w.:+-]{1,64})(?:\*[\w-]{1,32})?\?([bq])\?([^?\s]*)\?=/gi;

/** Encoded words of a header (RFC 2047) become text; words that follow each other are joined. */
export function undoHeaderWords(value: string): string {
  const plain = decoderOf(null);
  const joined = value.replace(/\?=[ \t]{1,100}(?==\?)/g, '?=');
  let text = '';
  let at = 0;
  let open: { readonly charset: string; bytes: string } | null = null;
  const close = () => {
    if (open !== null) text += decoderOf(open.charset)(open.bytes);
    open = null;
  };
  for (const found of joined.matchAll(WORD)) {
    const [whole, charset = '', how = '', coded = ''] = found;
    if (found.index > at) {
      close();
      text += plain(joined.slice(at, found.index));
    }
    at = found.index + whole.length;
    const bytes = how.toLowerCase() === 'b' ? undoBase64(coded) : undoQ(coded);
    // A character may be cut in two by a mailer: its bytes are put together first.
    if (isOpenFor(open, charset)) open.bytes += bytes;
    else {
      close();
      open = { charset, bytes };
    }
  }
  close();
  return text + plain(joined.slice(at));
}

type Open = { readonly charset: string; bytes: string } | null;

function isOpenFor(open: Open, charset: string): open is NonNullable<Open> {
  return open !== null && open.charset.toLowerCase() === charset.toLowerCase();
}

function undoQ(coded: string): string {
  return undoQuotedPrintable(coded.replaceAll('_', '=20'));
}
