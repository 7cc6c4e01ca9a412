// SPDX-License-Identifier: GPL-2.0-only
// include/linux/bits.h: words of 64 bits with some of them set.

/** Bit `nr` (0..63). */
export function BIT_ULL(nr: bigint): bigint {
  return 1n << nr;
}

/** Bits `l`..`h`, both included; none if h < l. */
export function GENMASK_ULL(h: bigint, l: bigint): bigint {
  return h < l ? 0n : ((1n << (h - l + 1n)) - 1n) << l;
}
