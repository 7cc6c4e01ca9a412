// SPDX-License-Identifier: GPL-2.0-only
// How can a loaded port run the code of a mutant, and then its own again? When its text is emitted
// for that purpose, each function of the top level begins with the question whether another
// function stands in its slot. The edited function is evaluated in the scope of its module, so it
// sees the same names. Whoever took hold of the function earlier, such as a table of operations,
// calls the other one too. What is decided when a module is loaded cannot be patched.

import { ts } from 'ts-morph';
import { applyEdits, type Edited } from './edits.ts';
import { withFuel } from './fuel.ts';
import { type Port, parse } from './port.ts';
import { regionsOfEdits } from './probes.ts';

/** A function of the top level. Offsets count UTF-16 units. */
interface TopFunction {
  readonly name: string;
  /** Where the word `function` begins. */
  readonly start: number;
  /** Inside of its braces. */
  readonly bodyStart: number;
  readonly bodyEnd: number;
  /** Its body is one `return`. */
  readonly isShort: boolean;
  /** Of the first line, from 1. */
  readonly line: number;
}

/** Code for one file that puts the edited functions into their slots. */
export interface Patch {
  /** Relative to reference/. */
  readonly path: string;
  /** Numbers of the slots. */
  readonly slots: readonly number[];
  /** TypeScript: one statement for each slot, each on the lines of its function. */
  readonly code: readonly string[];
}

const known = new Map<string, readonly TopFunction[]>();

function functionsOf(text: string): readonly TopFunction[] {
  let functions = known.get(text);
  if (functions === undefined) {
    functions = findFunctions(text);
    known.set(text, functions);
  }
  return functions;
}

function findFunctions(text: string): TopFunction[] {
  const source = parse('port.ts', text);
  return source.statements.flatMap((node): TopFunction[] => {
    if (!ts.isFunctionDeclaration(node) || node.body === undefined) return [];
    const name = node.name?.text ?? '';
    const start = node.modifiers === undefined ? node.getStart(source) : node.modifiers.end;
    const word = text.indexOf('function', start);
    const line = source.getLineAndCharacterOfPosition(word).line + 1;
    const bodyStart = node.body.getStart(source) + 1;
    const [first, ...others] = node.body.statements;
    const isShort = others.length === 0 && first !== undefined && ts.isReturnStatement(first);
    return [{ name, start: word, bodyStart, bodyEnd: node.body.getEnd() - 1, isShort, line }];
  });
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

/**
 * The text with the question at the head of each function of the top level whether its call is to
 * be summarised (src/linux/summed.ts, whose URL is `module`). Lines stay where they are. `original`
 * is the text before anything else was put into it.
 */
export function withSummaries(text: string, module: string, original: string): string {
  const all = findFunctions(text);
  const before = text === original ? all : functionsOf(original);
  // A function that only returns something is no more than its caller's code: it is not worth it.
  const functions = all.filter(({ name }, i) => name !== '' && before[i]?.isShort === false);
  if (functions.length === 0) return text;
  let result = `import { summing as $summing, summed as $summed } from ${JSON.stringify(module)}; `;
  let at = 0;
  functions.forEach(({ bodyStart }, i) => {
    const ask = `if ($summing()) return $summed($self${i}(), arguments);`;
    result += `${text.slice(at, bodyStart)} ${ask}`;
    at = bodyStart;
  });
  // Inside of a function its name may be that of something else.
  const selves = functions.map(({ name }, i) => `function $self${i}() { return ${name}; }`);
  return `${result}${text.slice(at)}\n${selves.join(' ')}\n`;
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
