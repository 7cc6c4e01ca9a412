// SPDX-License-Identifier: GPL-2.0-only
// Were two worlds made alike?

import type { ValueId } from './step.ts';
import type { World } from './world.ts';

/**
 * All that code can find out about a world or change in it, as a text that is equal for worlds that
 * were made alike.
 */
export function imprintOf(world: World): string {
  const text = (id: ValueId | undefined) => (id === undefined ? '' : world.table.stableText(id));
  const objects = [...world.allocations.values()].map(
    ({ name, layout, heap, cells, refs }) =>
      `${name} ${layout.label} ${heap} ${cells.join()} ${[...refs.keys()].join()}`,
  );
  const cells = world.initial.map((initial, cell) => {
    const isAttached = world.attachedTo(cell) !== undefined;
    return `${text(initial)} ${text(world.memory[cell])} ${isAttached}`;
  });
  const others = [world.ownUsed, ...world.directNames, ...world.registry].join(' ');
  return [...objects, ...cells, others].join('\n');
}
