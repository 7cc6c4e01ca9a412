// SPDX-License-Identifier: GPL-2.0-only
// Do translated functions return what gcc's do? The same C and the same inputs on both sides; every
// difference is returned.

import { argument } from './arguments.ts';
import { linesOfGcc } from './gcc.ts';
import { FAULTS } from './machine.ts';
import { PlainMachine } from './plain-machine.ts';
import type { Translation } from './translation.ts';

/** A function of integers to compare. */
export interface Compared {
  readonly name: string;
  /** Variables of the files that are set before each call; scalars. */
  readonly globals: readonly { readonly name: string; readonly bytes: 1 | 2 | 4 | 8 }[];
  /** One row a call: a value for each of the globals, then the arguments. */
  readonly inputs: readonly (readonly bigint[])[];
}

export interface Mismatch {
  readonly name: string;
  readonly input: readonly bigint[];
  /** What each returns, as 64 bits; a text if the call did not return. */
  readonly translated: bigint | string;
  readonly gcc: bigint;
}

export interface Fidelity {
  /** Calls that were compared. */
  readonly calls: number;
  /** Calls that C leaves undefined, such as a shift too far: nothing can be compared there. */
  readonly undefined: number;
  readonly mismatches: readonly Mismatch[];
}

/**
 * Compares functions with what gcc makes of `text`, which must define them and all they need.
 * Throws a UserError if gcc does not compile it.
 */
export function fidelity(
  translation: Translation,
  text: string,
  compared: readonly Compared[],
): Fidelity {
  const ours = compared.map((one) => answersOf(translation, one));
  const defined = compared.map((one, i) => ({
    ...one,
    inputs: one.inputs.filter((_, k) => ours[i]![k] !== null),
  }));
  const rows = defined.flatMap(({ inputs }) => inputs.flat());
  const input = new BigUint64Array(rows.map((value) => BigInt.asUintN(64, value)));
  const printed = linesOfGcc([programOf(text, defined)], new Uint8Array(input.buffer));
  const mismatches: Mismatch[] = [];
  let calls = 0;
  for (const [i, { name, inputs }] of defined.entries()) {
    const answers = ours[i]!.filter((answer) => answer !== null);
    for (const [k, row] of inputs.entries()) {
      const gcc = BigInt.asUintN(64, BigInt(printed[calls++] ?? ''));
      const translated = answers[k]!;
      if (translated !== gcc) mismatches.push({ name, input: row, translated, gcc });
    }
  }
  return { calls, undefined: ours.flat().length - calls, mismatches };
}

/** What C gives no meaning to. */
const UNDEFINED = new RegExp([FAULTS[0], FAULTS[1], FAULTS[2]].join('|'));

/** What each call of a translated function returns; null where C leaves that undefined. */
function answersOf(
  translation: Translation,
  { name, globals, inputs }: Compared,
): (bigint | string | null)[] {
  const known = translation.functionNamed.get(name);
  if (known === undefined) throw new Error(`${name}() is not translated`);
  const machine = new PlainMachine(translation);
  return inputs.map((row) => {
    for (const [i, { name: global, bytes }] of globals.entries()) {
      const { address } = translation.globals.get(global)!;
      const value = BigInt.asUintN(8 * bytes, row[i]!);
      if (bytes === 8) machine.st64(0, address, value);
      else if (bytes === 4) machine.st32(0, address, Number(value));
      else if (bytes === 2) machine.st16(0, address, Number(value));
      else machine.st8(0, address, Number(value));
    }
    const given = known.parameters.map(({ word }, i) => argument(row[globals.length + i]!, word));
    try {
      return BigInt.asUintN(64, BigInt(machine.call(name, ...given) ?? 0));
    } catch (error) {
      return UNDEFINED.test(`${error}`) ? null : `${error}`;
    }
  });
}

/** A program that reads the inputs and prints the result of every call. */
function programOf(text: string, compared: readonly Compared[]): string {
  const loops = compared.map(({ name, globals, inputs }) => {
    const sets = globals.map(({ name: global }, i) => `${global} = row[${i}];`);
    const width = inputs[0]?.length ?? 0;
    const args = Array.from({ length: width - globals.length }, (_, i) => i + globals.length);
    const call = `${name}(${args.map((i) => `row[${i}]`).join(', ')})`;
    const body = `take(row, ${width}); ${sets.join(' ')} printf("%ld\\n", (long)${call});`;
    return `for (long k = 0; k < ${inputs.length}; k++) { ${body} }`;
  });
  const widest = Math.max(1, ...compared.map(({ inputs }) => inputs[0]?.length ?? 0));
  return [
    text,
    'int printf(const char *, ...);',
    'long read(int, void *, unsigned long);',
    'static void take(unsigned long *row, unsigned long width)',
    '{ for (unsigned long done = 0; done < 8 * width; )',
    '  { long n = read(0, (char *)row + done, 8 * width - done);',
    '    if (n <= 0) __builtin_trap(); done += n; } }',
    `int main(void) { unsigned long row[${widest}];`,
    ...loops,
    'return 0; }',
    '',
  ].join('\n');
}
