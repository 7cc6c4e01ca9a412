// SPDX-License-Identifier: GPL-2.0-only
// Which name did the user mean? An unknown one is answered with the nearest that are known.

import { UserError } from '#user-error';

const SHOWN = 3;

/** The element of that name. Throws a UserError that names the nearest ones. */
export function findNamed<T>(
  what: string,
  name: string,
  known: readonly T[],
  nameOf: (element: T) => string,
): T {
  const found = known.find((element) => nameOf(element) === name);
  if (found !== undefined) return found;
  throw unknownName(what, name, known.map(nameOf));
}

/** The error for a name that is not known. */
export function unknownName(what: string, name: string, known: readonly string[]): UserError {
  const near = nearest(name, known);
  const hint = near.length === 0 ? 'there are none' : `did you mean ${orText(near)}?`;
  return new UserError(`there is no ${what} '${shorten(name)}'; ${hint}`);
}

/** The names that are nearest to one, nearest first. */
export function nearest(name: string, known: readonly string[]): string[] {
  const wanted = name.slice(0, 100).toLowerCase();
  const distanceTo = (candidate: string) => {
    const text = candidate.toLowerCase();
    // A part of an id, such as its last word, is what people remember.
    const parts = [text, ...text.split('/')];
    return Math.min(...parts.map((part, i) => distance(wanted, part) + (i === 0 ? 0 : 0.5)));
  };
  return [...new Set(known)]
    .map((candidate) => ({ candidate, far: distanceTo(candidate) }))
    .sort((a, b) => a.far - b.far || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, SHOWN)
    .map(({ candidate }) => candidate);
}

export function orText(names: readonly string[]): string {
  if (names.length < 2) return names.join('');
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

/** Hostile or mistyped input is shown, but not all of it, and no control characters. */
export function shorten(text: string): string {
  const printable = text.replace(/[^\x20-\x7e]/g, '?');
  return printable.length <= 80 ? printable : `${printable.slice(0, 77)}...`;
}

/** People leave letters out more often than they add some: what is missing counts little. */
const MISSING = 0.2;

/** Letters of `a` to delete or replace to get `b`, and those that are missing. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i * MISSING);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + MISSING));
    }
    row = next;
  }
  return row[b.length]!;
}
