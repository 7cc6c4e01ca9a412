// SPDX-License-Identifier: GPL-2.0-only
// Where do the probes of a port count? In one array for the whole thread, since one unit runs at a
// time. Emitted ports import it by its URL.

/** Room for the regions of all eras. */
export const COUNTERS = 1 << 16;

export const entries = new Uint32Array(COUNTERS);
