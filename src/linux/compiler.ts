// SPDX-License-Identifier: GPL-2.0-only
// include/linux/compiler.h: accesses that the compiler may neither repeat nor tear. In the model
// every access already is one whole step, so these only keep the kernel's text recognisable.

import { type Lvalue, loadScalar, storeScalar } from './struct.ts';

export function READ_ONCE<T>(x: Lvalue<T>): T {
  return loadScalar(x.memory, x.offset, x.type);
}

export function WRITE_ONCE<T>(x: Lvalue<T>, value: T): void {
  storeScalar(x.memory, x.offset, x.type, value, false);
}
