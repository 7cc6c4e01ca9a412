// SPDX-License-Identifier: GPL-2.0-only
// Where in a port does the code that runs stand?

/** The innermost function of a port on the stack: `function path:line`, or an empty text. */
export function site(): string {
  for (const line of (new Error().stack ?? '').split('\n')) {
    const match =
      /at (?:async |Object\.)?([\w$.]+) \(.*\/reference\/(v[\d.]+\/[^?:]+)(?:\?[^:]*)?:(\d+):/.exec(
        line,
      );
    if (match !== null) return `${match[1]} ${match[2]}:${match[3]}`;
  }
  return '';
}
