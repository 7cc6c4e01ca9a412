// SPDX-License-Identifier: GPL-2.0-only
// Where does a member lie, and what is a constant worth? Asked once of the declarations of the tree
// and remembered: a driver asks at every step.

import { type Layouts, Refusal } from '../translation.ts';

/** The same answers, each worked out once. */
export function remembered(layouts: Layouts): Layouts {
  const once = <T>(work: (...args: string[]) => T): ((...args: string[]) => T) => {
    const known = new Map<string, { readonly value: T } | { readonly refusal: Refusal }>();
    return (...args) => {
      const key = args.join('\n');
      let answer = known.get(key);
      if (answer === undefined) {
        answer = attempt(() => work(...args));
        known.set(key, answer);
      }
      if ('refusal' in answer) throw answer.refusal;
      return answer.value;
    };
  };
  const nameOf = once((type, offset, size) => layouts.nameOf(type!, Number(offset), Number(size)));
  return {
    sizeof: once((type) => layouts.sizeof(type!)),
    place: once((type, path) => layouts.place(type!, path!)),
    has: once((type, path) => layouts.has(type!, path!)),
    constant: once((expression) => layouts.constant(expression!)),
    nameOf: (type, offset, size) => nameOf(type, String(offset), String(size)),
  };
}

function attempt<T>(work: () => T): { readonly value: T } | { readonly refusal: Refusal } {
  try {
    return { value: work() };
  } catch (error) {
    if (error instanceof Refusal) return { refusal: error };
    throw error;
  }
}
