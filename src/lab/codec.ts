// SPDX-License-Identifier: GPL-2.0-only
// How does a result become one line of text, and come back equal? As JSON, with a form of their own
// for the values that JSON lacks. What has no form is an error: it would come back as something
// else.

const BYTES = '$bytes';
const BITS = '$bits';
const BIGINT = '$bigint';
const FORMS = [BYTES, BITS, BIGINT];

/** One line of JSON. Throws for a Map, a Set, or an object of another class. */
export function encode(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === 'bigint') return { [BIGINT]: String(part) };
    if (part instanceof Uint8Array) return bytesForm(part);
    if (typeof part === 'object' && part !== null && !isPlain(part)) {
      throw new Error(`a ${part.constructor.name} has no form in a cache`);
    }
    return part;
  });
}

/** The value again. Throws if the text is not of encode(). */
export function decode(text: string): unknown {
  if (!FORMS.some((form) => text.includes(form))) return JSON.parse(text);
  return JSON.parse(text, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null) return part;
    const form = part as Readonly<Record<string, unknown>>;
    if (BIGINT in form) return BigInt(String(form[BIGINT]));
    if (BYTES in form) return fromBase64(form[BYTES]);
    return BITS in form ? fromBits(form[BITS] as readonly [number, string]) : part;
  });
}

function isPlain(part: object): boolean {
  return Array.isArray(part) || Object.getPrototypeOf(part) === Object.prototype;
}

/** What is entered is an array of zeros and ones: eight of them make a byte. */
function bytesForm(bytes: Uint8Array): object {
  if (bytes.some((byte) => byte > 1)) return { [BYTES]: Buffer.from(bytes).toString('base64') };
  const packed = Buffer.alloc(Math.ceil(bytes.length / 8));
  bytes.forEach((bit, i) => {
    packed[i >> 3]! |= bit << (i & 7);
  });
  return { [BITS]: [bytes.length, packed.toString('base64')] };
}

function fromBase64(text: unknown): Uint8Array {
  return new Uint8Array(Buffer.from(String(text), 'base64'));
}

function fromBits([length, text]: readonly [number, string]): Uint8Array {
  const packed = fromBase64(text);
  if (length > 8 * packed.length) throw new Error(`${packed.length} bytes hold no ${length} bits`);
  return Uint8Array.from({ length }, (_, i) => (packed[i >> 3]! >> (i & 7)) & 1);
}
