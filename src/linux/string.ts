// SPDX-License-Identifier: GPL-2.0-only
// include/linux/string.h and C's struct assignment.

import { currentWorld } from '#explorer/run';
import { type Field, isArray, isScalar, isStruct, type ScalarType } from './fields.ts';
import {
  type Fields,
  loadScalar,
  located,
  type Memory,
  type StructType,
  storeScalar,
} from './struct.ts';

/**
 * `*dst = *src` in C: every scalar, in order, one read and one write each. No field is forgotten.
 */
export function assign<T extends object>(dst: T, src: T): void {
  const to = located(dst);
  const from = located(src);
  if (to.struct !== from.struct)
    throw new TypeError(`a ${from.struct.label} is assigned to a ${to.struct.label}`);
  scalarTypes(to.struct).forEach((type, i) => {
    copyScalar(type, from.memory, from.base + i, to.memory, to.base + i);
  });
}

function copyScalar(
  type: ScalarType<unknown>,
  from: Memory,
  source: number,
  to: Memory,
  target: number,
): void {
  storeScalar(to, target, type, loadScalar(from, source, type), false);
}

/** The types of all scalars of a struct in layout order. */
export function scalarTypes(struct: StructType<Fields>): ScalarType<unknown>[] {
  return Object.values(struct.fields).flatMap((field: Field): ScalarType<unknown>[] =>
    typesOf(field),
  );
}

function typesOf(field: Field): ScalarType<unknown>[] {
  if (isScalar(field)) return [field];
  if (isStruct(field)) return scalarTypes(field);
  if (!isArray(field)) return [];
  const length = typeof field.length === 'number' ? field.length : field.length(currentWorld());
  const one = typesOf(field.element);
  return Array.from({ length }, () => one).flat();
}
