// SPDX-License-Identifier: GPL-2.0-only
// Where does a member lie, and what is a constant worth? Asked once of the declarations of the tree
// and remembered: a driver asks at every step.

import { type Layouts, Refusal } from '../translation.ts';

/** The same answers, each worked out once. */
export function remembered(layouts: Layouts): Layouts {
  const sizeof = once((type) => layouts.sizeof(type));
  const constant = once((expression) => layouts.constant(expression));
  const place = onceOfTwo((type, path) => layouts.place(type, path));
  const has = onceOfTwo((type, path) => layouts.has(type, path));
  const nameOf = onceOfTwo((type, bytes) => {
    const [offset, size] = bytes.split(' ').map(Number) as [number, number];
    return layouts.nameOf(type, offset, size);
  });
  return {
    ...{ sizeof, constant, place, has },
    nameOf: (type, offset, size) => nameOf(type, `${offset} ${size}`),
  };
}

type Answer<T> = { readonly value: T } | { readonly refusal: Refusal };

function once<T>(work: (question: string) => T): (question: string) => T {
  const known = new Map<string, Answer<T>>();
  return (question) => {
    let answer = known.get(question);
    if (answer === undefined) {
      answer = attempt(() => work(question));
      known.set(question, answer);
    }
    if ('refusal' in answer) throw answer.refusal;
    return answer.value;
  };
}

/** No text is put together to ask again. */
function onceOfTwo<T>(work: (a: string, b: string) => T): (a: string, b: string) => T {
  const known = new Map<string, (b: string) => T>();
  return (a, b) => {
    let of = known.get(a);
    if (of === undefined) {
      of = once((question) => work(a, question));
      known.set(a, of);
    }
    return of(b);
  };
}

function attempt<T>(work: () => T): Answer<T> {
  try {
    return { value: work() };
  } catch (error) {
    if (error instanceof Refusal) return { refusal: error };
    throw error;
  }
}
