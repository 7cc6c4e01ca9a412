// SPDX-License-Identifier: GPL-2.0-only
// Where in a port, or in the C of a tree, does the code that runs stand?

import { whereabouts } from './running.ts';

/**
 * The innermost function of a port on the stack, or what translated C says of itself: `function
 * path:line`, or an empty text.
 */
export function site(): string {
  const told = whereabouts();
  if (told !== null) return told;
  for (const line of (new Error().stack ?? '').split('\n')) {
    const match =
      /at (?:async |Object\.)?([\w$.]+) \(.*\/reference\/(v[\d.]+\/[^?:]+)(?:\?[^:]*)?:(\d+):/.exec(
        line,
      );
    if (match !== null) return `${match[1]} ${match[2]}:${match[3]}`;
  }
  return '';
}
