// SPDX-License-Identifier: GPL-2.0-only
// Atomic variables and helpers that compute: a read or a set is one step, as is what a locked
// instruction does.

import type { Scalar } from '../machine.ts';
import { type Intrinsics, pointer, type Run } from './intrinsic.ts';

type Bits = 32 | 64;

function read(bits: Bits): Run {
  return (m, site, v) => (bits === 32 ? m.lds32(site, pointer(v)) : m.lds64(site, pointer(v)));
}

function set(bits: Bits): Run {
  return (m, site, v, i) => {
    if (bits === 32) m.st32(site, pointer(v), Number(i));
    else m.st64(site, pointer(v), BigInt(i!));
    return undefined;
  };
}

/** Adds in one step; what is returned is `of` the old and the new value. */
function add(bits: Bits, by: bigint | null, of: (sum: bigint) => Scalar | undefined): Run {
  return (m, site, first, second) => {
    const v = by === null ? second : first;
    return of(m.addTo(site, bits, pointer(v), by ?? BigInt(first!)));
  };
}

const nothing = () => undefined;
const isZero = (sum: bigint) => Number(sum === 0n);

function family(prefix: string, bits: Bits, type: string): Intrinsics {
  const whole = bits === 32 ? Number : (sum: bigint) => sum;
  const result = bits === 32 ? 'int' : 'long';
  return {
    [`${prefix}_read`]: {
      prototype: `${result} ${prefix}_read(const ${type} *v)`,
      run: read(bits),
    },
    [`${prefix}_set`]: { prototype: `void ${prefix}_set(${type} *v, ${result} i)`, run: set(bits) },
    [`${prefix}_inc`]: { prototype: `void ${prefix}_inc(${type} *v)`, run: add(bits, 1n, nothing) },
    [`${prefix}_dec`]: {
      prototype: `void ${prefix}_dec(${type} *v)`,
      run: add(bits, -1n, nothing),
    },
    [`${prefix}_inc_return`]: {
      prototype: `${result} ${prefix}_inc_return(${type} *v)`,
      run: add(bits, 1n, whole),
    },
    [`${prefix}_dec_and_test`]: {
      prototype: `int ${prefix}_dec_and_test(${type} *v)`,
      run: add(bits, -1n, isZero),
    },
    [`${prefix}_add`]: {
      prototype: `void ${prefix}_add(${result} i, ${type} *v)`,
      run: add(bits, null, nothing),
    },
  };
}

export const ATOMICS: Intrinsics = {
  ...family('atomic', 32, 'atomic_t'),
  ...family('atomic64', 64, 'atomic64_t'),
  ...family('atomic_long', 64, 'atomic_long_t'),
  ...family('refcount', 32, 'refcount_t'),
};
