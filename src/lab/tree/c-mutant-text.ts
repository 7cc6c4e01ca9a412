// SPDX-License-Identifier: GPL-2.0-only
// How is a mutant of C told in one line? By its place, what stood there and what stands there now.

import type { Edit } from '#mutation/mutant';
import type { CMutant } from '../../c/mutation/mutants.ts';

/** A function of which there can be no mutants. */
export interface NotMutable {
  readonly function: string;
  readonly why: string;
}

const TEXT_MAX = 60;

/** `virt/kvm/kvm_main.c:753: "a + 1" becomes "a"`. */
export function placeText({ file, line }: CMutant, edits: readonly Edit[]): string {
  const told = edits.map(({ original, replacement }) =>
    original === ''
      ? `${cut(replacement)} is put in`
      : `${cut(original)} becomes ${cut(replacement)}`,
  );
  return `${file}:${line}: ${told.join(', ')}`;
}

function cut(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return `"${line.length > TEXT_MAX ? `${line.slice(0, TEXT_MAX - 3)}...` : line}"`;
}
