// SPDX-License-Identifier: GPL-2.0-only
// Which families of kernels are known, newest first?

import type { Profile } from './profile.ts';
import { V3_12 } from './v3.12.ts';
import { V3_19 } from './v3.19.ts';
import { V5_17 } from './v5.17.ts';

export const PROFILES: readonly Profile[] = [V5_17, V3_19, V3_12];
