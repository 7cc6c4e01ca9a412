// SPDX-License-Identifier: GPL-2.0-only
// What is an intrinsic? A kernel primitive that a tree's C calls and that src/linux gives its
// meaning, so that a mutex or a grace period is the same for ports and for C.

import type { Scalar, SiteId } from '../machine.ts';
import type { Runtime } from '../memory/runtime.ts';

/** What happens at a call; addresses and numbers as the C prototype says. */
export type Run = (m: Runtime, site: SiteId, ...args: Scalar[]) => Scalar | undefined;

export interface NamedIntrinsic {
  /** In C: arguments and result are converted as it says. */
  readonly prototype: string;
  readonly run: Run;
}

export type Intrinsics = Readonly<Record<string, NamedIntrinsic>>;

/** The address in an argument that is a pointer. */
export const pointer = (value: Scalar | undefined): number => Number(value ?? 0);
