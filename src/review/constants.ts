// SPDX-License-Identifier: GPL-2.0-only
// How many bits of the generation does an MMIO SPTE keep? Facts about the code of each era, which a
// test holds against the ports.

import type { EraName } from '#vocabulary';

export const GENERATION_BITS: Readonly<Record<EraName, number>> = {
  'v3.16': 19,
  'v3.17': 20,
  'v3.19': 20,
  'v5.11': 18,
  'v6.12': 19,
};
