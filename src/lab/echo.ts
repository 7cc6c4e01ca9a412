// SPDX-License-Identifier: GPL-2.0-only
// In which units does a mutant do what the port does, although they reach its code? A unit asks the
// code of a port a finite number of questions: how the VM is made, what each thread does after what
// it observed, and how a VM at rest answers. They are kept while the port is explored, and those
// that enter the edited code are put to the mutant. If it answers each of them as the port did, its
// exploration would be that of the port, step for step, so it has the result of the port.
//
// What enters which region is counted by the probes of a port. What is entered at any other time
// is not known to be asked, and a mutant of it is not judged.

import type { Edited } from '#mutation/edits';
import type { EraName } from '#vocabulary';
import { patchedPort } from './patched.ts';
import { portOf } from './ports.ts';
import { Tape } from './tape.ts';
import type { Unit } from './unit.ts';

/**
 * 0: does something else, or nobody knows. 1: does what the port does. 2: the same if it is
 * observed, so that each call and access that a thread makes is told apart.
 */
export type Echo = 0 | 1 | 2;

/** For each mutant, what is known of it in a unit: 2 if it is observed there. */
export async function echoesOf(
  era: EraName,
  unit: Unit,
  mutants: readonly Edited[],
): Promise<Uint8Array> {
  const echoes = new Uint8Array(mutants.length);
  const patched = await patchedPort(era, true);
  const tape = Tape.of(portOf(era), patched.system, unit);
  if (tape === null) return echoes;
  mutants.forEach((mutant, i) => {
    if (!patched.takes(mutant)) return;
    const isEcho = tape.isRepeatedBy(mutant, (code) => patched.with(mutant, code));
    if (isEcho) echoes[i] = unit.isObserved === true ? 2 : 1;
  });
  return echoes;
}
