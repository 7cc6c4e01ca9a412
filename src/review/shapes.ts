// SPDX-License-Identifier: GPL-2.0-only
// Which shapes of known bugs are there? Whatever lies in shapes/: adding one adds a file, which
// brings its own examples, and no list has to be kept.

import { modulesOf } from '#lab/modules';
import type { Shape } from './shape.ts';

/** All shapes, sorted by name. */
export function loadShapes(): Promise<Shape[]> {
  return modulesOf<Shape>(new URL('./shapes/', import.meta.url), 'shape');
}
