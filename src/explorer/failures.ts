// SPDX-License-Identifier: GPL-2.0-only
// What can end the run of a thread's code before its end? Suspension, a crash of the code, a block
// that nobody will lift, or a fault in how the code is written.

/** Thrown through port code to suspend it. Code that catches it breaks the unfolding. */
export class Suspend {
  readonly name = 'Suspend';
}

/** The code of the thread cannot go on: deterministic, so a property of the mutant, not of us. */
export class Crash extends Error {}

/** A fault in how port code is written; never a verdict. */
export class PortError extends Error {}

/** Direct execution met a step that would wait for ever. */
export class WouldBlock extends Error {}
