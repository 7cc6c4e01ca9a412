// SPDX-License-Identifier: GPL-2.0-only
// How much does one look at? Patches come from strangers: what is larger than any real series is
// refused with a sentence instead of being chewed for ever.

import { UserError } from '#user-error';

export const LIMITS = {
  /** Of all input together. */
  bytes: 64 << 20,
  messages: 2_000,
  /** Of one message. */
  headers: 2_000,
  mimeParts: 100,
  mimeDepth: 8,
  /** Of one patch. */
  files: 20_000,
  hunks: 100_000,
  /** Comparisons of lines that the search for one hunk's place may take. */
  comparisons: 20_000_000,
} as const;

/** Throws a UserError with status 3 if there is more than the limit. */
export function withinLimit(what: keyof typeof LIMITS, noun: string, count: number): void {
  if (count <= LIMITS[what]) return;
  throw new UserError(`the input has more than ${LIMITS[what]} ${noun}: that is no patch`, 3);
}
