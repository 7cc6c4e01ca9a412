// SPDX-License-Identifier: GPL-2.0-only
// How can a loaded port run the code of a mutant, and then its own again? When its text is emitted
// for that purpose, each function of the top level begins with the question whether another
// function stands in its slot. The edited function is evaluated in the scope of its module, so it
// sees the same names. Whoever took hold of the function earlier, such as a table of operations,
// calls the other one too. What is decided when a module is loaded cannot be patched.

import { applyEdits, type Edited } from './edits.ts';
import { withFuel } from './fuel.ts';
import type { Port } from './port.ts';
import { regionsOfEdits } from './probes.ts';
import { findFunctions, functionsOf } from './top-functions.ts';

/** Code for one file that puts the edited functions into their slots. */
export interface Patch {
  /** Relative to reference/. */
  readonly path: string;
  /** Numbers of the slots. */
  readonly slots: readonly number[];
  /** TypeScript: one statement for each slot, each on the lines of its function. */
  readonly code: readonly string[];
}

/** The name of a slot; no port has a `$`. */
function slotName(index: number): string {
  return `$slot${index}`;
}

/**
 * The text with a slot for each function of the top level, and a function `$run` that evaluates
 * code in the scope of the module. Lines stay where they are.
 */
export function withSlots(text: string): string {
  const functions = findFunctions(text);
  let result = '';
  let at = 0;
  functions.forEach(({ bodyStart }, i) => {
    const slot = slotName(i);
    result += `${text.slice(at, bodyStart)} if (${slot}) return ${slot}(...arguments);`;
    at = bodyStart;
  });
  const slots = functions.map((_, i) => `var ${slotName(i)};`).join(' ');
  const run = 'export function $run($code) { return eval($code); }';
  return `${result}${text.slice(at)}\n${slots} ${run}\n`;
}

/** The names of the functions of the top level; the place of each is the number of its slot. */
export function functionNames(text: string): string[] {
  return functionsOf(text).map(({ name }) => name);
}

/** Code that makes a function which puts another one, or undefined, into a slot. */
export function slotSetter(slot: number): string {
  return `($function) => { ${slotName(slot)} = $function; }`;
}

/** Empties slots again. */
export function emptied({ slots }: Patch): string {
  return slots.map((i) => `${slotName(i)} = undefined;`).join(' ');
}

/** The patches that make a mutant of its port; null if it cannot be made by patches. */
export function patchesOf(port: Port, mutant: Edited): Patch[] | null {
  const patches: Patch[] = [];
  for (const path of new Set(mutant.edits.map(({ file }) => file))) {
    const { text } = port.files.get(path)!;
    const edits = mutant.edits.filter(({ file }) => file === path);
    // Else the edited text need not be a function with the same head.
    if (regionsOfEdits(text, edits).includes(null)) return null;
    const functions = functionsOf(text);
    const at = edits.map((edit) =>
      functions.findIndex((f) => f.bodyStart <= edit.start && edit.end <= f.bodyEnd),
    );
    if (at.includes(-1)) return null;
    const slots = [...new Set(at)];
    const code = slots.map((slot) => {
      const { start, bodyEnd, line } = functions[slot]!;
      const own = edits
        .filter((_, i) => at[i] === slot)
        .map((edit) => ({ ...edit, start: edit.start - start, end: edit.end - start }));
      const edited = withFuel(applyEdits(text.slice(start, bodyEnd + 1), own), null);
      return `${'\n'.repeat(line - 1)}${slotName(slot)} = ${edited};`;
    });
    patches.push({ path, slots, code });
  }
  return patches;
}
