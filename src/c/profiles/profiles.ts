// SPDX-License-Identifier: GPL-2.0-only
// Which families of kernels are known, newest first?

import type { Profile } from './profile.ts';
import { V3_12 } from './v3.12.ts';
import { V3_19 } from './v3.19.ts';
import { V4_2 } from './v4.2.ts';
import { V5_1 } from './v5.1.ts';
import { V5_4 } from './v5.4.ts';
import { V5_7 } from './v5.7.ts';
import { V5_14 } from './v5.14.ts';
import { V5_17 } from './v5.17.ts';

export const PROFILES: readonly Profile[] = [V5_17, V5_14, V5_7, V5_4, V5_1, V4_2, V3_19, V3_12];
