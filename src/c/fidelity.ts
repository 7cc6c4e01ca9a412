// SPDX-License-Identifier: GPL-2.0-only
// Do translated functions return what gcc's do? The same C and the same inputs on both sides; every
// difference is returned.

import { argument } from './arguments.ts';
import { linesOfGcc } from './gcc.ts';
import { PlainMachine } from './plain-machine.ts';
import type { Translation } from './translation.ts';

/** A function to compare, and the arguments of each call. */
export interface Compared {
  readonly name: string;
  readonly inputs: readonly (readonly bigint[])[];
}

export interface Mismatch {
  readonly name: string;
  readonly args: readonly bigint[];
  /** What each returns, as 64 bits. */
  readonly translated: bigint | string;
  readonly gcc: bigint;
}

export interface Fidelity {
  readonly calls: number;
  readonly mismatches: readonly Mismatch[];
}

/**
 * Compares functions of integers with what gcc makes of `text`, which must define them and what they
 * call. `prepare` sets up the memory of the machine. Throws a UserError if gcc does not compile it.
 */
export function fidelity(
  translation: Translation,
  text: string,
  compared: readonly Compared[],
  prepare: (machine: PlainMachine) => void = () => {},
): Fidelity {
  const printed = linesOfGcc([programOf(text, compared)]);
  const mismatches: Mismatch[] = [];
  let calls = 0;
  for (const { name, inputs } of compared) {
    const known = translation.functionNamed.get(name);
    if (known === undefined) throw new Error(`${name}() is not translated`);
    const machine = new PlainMachine(translation);
    prepare(machine);
    for (const args of inputs) {
      const gcc = BigInt.asUintN(64, BigInt(printed[calls++] ?? ''));
      const given = known.parameters.map(({ word }, i) => argument(args[i] ?? BigInt(0), word));
      const translated = resultOf(() => machine.call(name, ...given));
      if (translated !== gcc) mismatches.push({ name, args, translated, gcc });
    }
  }
  return { calls, mismatches };
}

function resultOf(run: () => number | bigint | undefined): bigint | string {
  try {
    return BigInt.asUintN(64, BigInt(run() ?? 0));
  } catch (error) {
    return `${error}`;
  }
}

/** A program that prints the result of every call. */
function programOf(text: string, compared: readonly Compared[]): string {
  const tables = compared.map(({ inputs }, i) => {
    const rows = inputs.map((args) => `{${args.map((arg) => `${BigInt.asUintN(64, arg)}ULL`)}}`);
    const width = Math.max(1, ...inputs.map((args) => args.length));
    return `static const unsigned long in${i}[][${width}] = { ${rows.join(',\n')} };`;
  });
  const loops = compared.map(({ name, inputs }, i) => {
    const args = (inputs[0] ?? []).map((_, j) => `in${i}[k][${j}]`).join(', ');
    return `for (int k = 0; k < ${inputs.length}; k++) printf("%ld\\n", (long)${name}(${args}));`;
  });
  return [
    text,
    'int printf(const char *, ...);',
    ...tables,
    `int main(void) { ${loops.join('\n')} return 0; }`,
    '',
  ].join('\n');
}
