// SPDX-License-Identifier: GPL-2.0-only
// What if something is missing here that others have? Then nothing was compared: that is neither a
// pass nor a failure, and the user reads what would have to be there.

/** Nothing could begin. `message` is one sentence with what to install or to free. */
export class Skipped extends Error {
  override readonly name = 'Skipped';
}
