// SPDX-License-Identifier: GPL-2.0-only
// In which units does a mutant do what the port does, although they reach its code? A unit asks the
// code of a port a finite number of questions: how the VM is made, what each thread does after what
// it observed, and how a VM at rest answers; or what each function of a sequence does when it is
// called. They are kept while the port is run, and those that enter the edited code are put to the
// mutant. If it answers each of them as the port did, its run would be that of the port, step for
// step, so it has the result of the port, and shows what the port shows.
//
// What enters which region is counted by the probes of a port. What is entered at any other time
// is not known to be asked, and a mutant of it is not judged.

import type { Edited } from '#mutation/edits';
import type { EraName } from '#vocabulary';
import { CallTape } from './call-tape.ts';
import { patchedPort } from './patched.ts';
import { portOf } from './ports.ts';
import type { Seen } from './sight.ts';
import { Tape } from './tape.ts';
import type { Unit } from './unit.ts';

/** What is known of mutants in a unit: one number for each, which is 1 for yes. */
export interface Echoes {
  /** Does it do what the port does? 0: it does something else, or nobody knows. */
  readonly isEcho: Uint8Array;
  /** Does the port enter any code that it edits? */
  readonly isReached: Uint8Array;
  /**
   * What the port shows. Null if the unit is not observed, or cannot be asked; nothing is known
   * then of calls and accesses that a thread makes and that change nothing.
   */
  readonly seen: Seen | null;
}

/** Asks a unit about mutants. */
export async function echoesOf(
  era: EraName,
  unit: Unit,
  mutants: readonly Edited[],
): Promise<Echoes> {
  const isEcho = new Uint8Array(mutants.length);
  const isReached = new Uint8Array(mutants.length).fill(1);
  const patched = await patchedPort(era, true);
  const port = portOf(era);
  const calls = CallTape.of(port, patched, unit, mutants);
  const tape = calls ?? Tape.of(port, patched.system, unit);
  if (tape === null) return { isEcho, isReached, seen: null };
  mutants.forEach((mutant, i) => {
    isReached[i] = Number(tape.reaches(mutant));
    if (patched.takes(mutant)) isEcho[i] = Number(tape.isRepeatedBy(mutant, patched));
  });
  // A sequence that goes the way of the port, step for step, answers as the port does.
  const isObserved = unit.isObserved === true || calls !== null;
  return { isEcho, isReached, seen: isObserved ? tape.seen : null };
}
