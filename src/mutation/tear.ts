// SPDX-License-Identifier: GPL-2.0-only
// What does a 64-bit store become on a host with 32 bits? Two stores, in either order, and a word
// between them that is half old and half new.

/** The block that stores `value` to `target` in halves, by the half that goes first. */
export function tornStores(target: string, value: string): { half: string; text: string }[] {
  const [high, low] = ['~0xffff_ffffn', '0xffff_ffffn'];
  const between = (first: string, second: string) =>
    `{ const next = ${value}; ${target} = (next & ${first}) | (${target} & ${second}); ` +
    `${target} = next; }`;
  return [
    { half: 'low', text: between(low, high) },
    { half: 'high', text: between(high, low) },
  ];
}
