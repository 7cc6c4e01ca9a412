// SPDX-License-Identifier: GPL-2.0-only
// How is an integer handed to a translated function?

import type { Word } from './translation.ts';

/** An integer as emitted code takes it. */
export function argument(value: bigint, word: Word): number | bigint {
  if (word === 's64') return BigInt.asIntN(64, value);
  if (word === 'u64') return BigInt.asUintN(64, value);
  if (word === 'pointer') return Number(value);
  if (word === 'bool') return value === BigInt(0) ? 0 : 1;
  const bits = Number(word.slice(1));
  return Number(word.startsWith('s') ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value));
}
