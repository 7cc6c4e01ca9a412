// SPDX-License-Identifier: GPL-2.0-only
// Which sequences do the recorded logs in fixtures/ hold? Each was run, traced, with shadow paging
// on a VM of its own.

/** Words of the first alphabet: laundering, its clean relatives, a deletion, and an INVLPG. */
export const FIXTURE_WORDS = ['rwCcr', 'rCr', 'rwcCr', 'rmcrCr', 'rCrDr', 'rwCpr'];
