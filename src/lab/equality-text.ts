// SPDX-License-Identifier: GPL-2.0-only
// Within which bounds is a mutant equal to its port? A proof by trying is worth as much as what was
// tried, so that is said with it.

import { shortHash } from '#explorer/schedule';
import type { Shown } from './sight.ts';
import type { InterleavingScenario } from './suites.ts';
import { type Unit, unitName, unitText } from './unit.ts';

/** Within which bounds the two are equal in all that was compared, with a hash of what was seen. */
export function equalityText(compared: readonly Shown[]): string {
  const named = compared.map((one) => ({ ...one, name: unitText(unitName(one.unit)) }));
  named.sort((a, b) => (a.name < b.name ? -1 : 1));
  const units = named.map(({ unit }) => unit);
  const threaded = units.flatMap(({ scenario }) =>
    scenario.kind === 'interleaving' ? [scenario] : [],
  );
  const sequences = units.length - threaded.length;
  const outcomes = named.reduce(
    (sum, { unit, digest }) => sum + (unit.scenario.kind === 'interleaving' ? digest.count : 0),
    0,
  );
  const hash = shortHash(named.map(({ name, digest }) => `${name} ${digest.hash}`).join('\n'));
  const bounds = threaded.length === 0 ? oneThread(units) : boundsOf(threaded);
  const models = [...new Set(units.map(({ memoryModel }) => memoryModel))].sort().reverse();
  const masks = [...new Set(units.map(({ mmio }) => mmio))].sort();
  const within = [...bounds, masks.join(' and '), models.join(' and ')].join(', ');
  const count = [
    ...(threaded.length === 0 ? [] : [`${threaded.length} explorations with ${outcomes} outcomes`]),
    ...(sequences === 0 ? [] : [`${sequences} sequence${sequences === 1 ? '' : 's'}`]),
  ].join(', ');
  return `equivalent within ${within} (${count}, hash ${hash})`;
}

/** One thread, and what was tried of it without exception. */
function oneThread(units: readonly Unit[]): string[] {
  const all = units.flatMap(({ scenario }) =>
    scenario.kind === 'sequential' ? (scenario.exhausts ?? []) : [],
  );
  return ['one thread', ...new Set(all)];
}

function boundsOf(scenarios: readonly InterleavingScenario[]): string[] {
  const most = (noun: string, of: (scenario: InterleavingScenario) => number) => {
    const count = Math.max(...scenarios.map(of));
    return `${count} ${noun}${count === 1 ? '' : 's'}`;
  };
  const starts = new Set(
    scenarios.flatMap(({ host }) =>
      host.generationStart == null ? [] : [BigInt.asIntN(64, host.generationStart)],
    ),
  );
  const others = [...starts].sort((a, b) => (a < b ? -1 : 1)).map(numberText);
  return [
    most('vCPU', ({ vcpus }) => vcpus),
    most('update', ({ updates }) => updates.length),
    most('exit', ({ exits }) => exits.length),
    ['generations from the usual start', ...others].join(' '),
  ];
}

/** `-2`, `2^19-4`: numbers that overflow soon are told by what overflows. */
function numberText(start: bigint): string {
  const bits = start.toString(2).length;
  const isAtEnd = start > 0 && start === BigInt(2 ** bits - 4);
  return isAtEnd ? `2^${bits}-4` : `${start}`;
}
