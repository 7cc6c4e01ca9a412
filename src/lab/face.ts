// SPDX-License-Identifier: GPL-2.0-only
// Were two VMs made alike?

import { imprintOf } from '#explorer/imprint';
import type { World } from '#explorer/world';
import type { Vm } from '#vocabulary';

/** All that the making of a VM leaves behind, as a text that is equal for VMs made alike. */
export function madeText(vm: Vm, world: World): string {
  return `${faceOf(vm)}\n${imprintOf(world)}`;
}

/** All that a VM holds beside the world's memory: values by name, and which functions it has. */
export function faceOf(vm: Vm): string {
  const cells = Array.from({ length: vm.addressSpaces }, (_, i) => vm.publishedCell(i as 0 | 1));
  return `${cells.join()} ${textOf(vm)}`;
}

/** Values by name; of a function only that there is one. */
export function textOf(value: unknown): string {
  if (typeof value === 'function') return 'function';
  if (typeof value !== 'object' || value === null) return `${typeof value} ${String(value)}`;
  const parts = Object.entries(value).map(([name, part]) => `${name}: ${textOf(part)}`);
  return `{ ${parts.join(', ')} }`;
}
