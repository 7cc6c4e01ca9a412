// SPDX-License-Identifier: GPL-2.0-only
// Which characters do bytes stand for? Bytes are kept as strings of characters below 256 while they
// are taken apart, so that offsets count bytes; they become text once, at the end.

export type Decode = (bytes: string) => string;

/** Bytes that are UTF-8 are taken for that, whatever is claimed; others for what the mail says. */
export function decoderOf(charset: string | null): Decode {
  const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const other = new TextDecoder(knownCharset(charset));
  return (bytes) => {
    if (isAscii(bytes)) return bytes;
    const buffer = Buffer.from(bytes, 'latin1');
    try {
      return utf8.decode(buffer);
    } catch {
      return other.decode(buffer);
    }
  };
}

function knownCharset(charset: string | null): string {
  if (charset === null || /^(us-ascii|utf-?8)$/i.test(charset)) return 'windows-1252';
  try {
    return new TextDecoder(charset).encoding;
  } catch {
    return 'windows-1252';
  }
}

function isAscii(bytes: string): boolean {
  return !/[^\0-\x7f]/.test(bytes);
}

/** The bytes behind a string of bytes. */
export function toBytes(bytes: string): Uint8Array {
  return new Uint8Array(Buffer.from(bytes, 'latin1'));
}

/** A string of bytes. */
export function ofBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
