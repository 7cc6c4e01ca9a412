// SPDX-License-Identifier: GPL-2.0-only
// Which files and folders do not keep a rule yet? They are not held to it. What is mended leaves
// the list, and nothing may join it.

const KNOWN = {
  files: [] as readonly string[],
  // Comments only, a few columns too wide: the formatter does not wrap them.
  columns: [] as readonly string[],
} as const;

/** Findings where the rule is not known to be broken. */
export function unknown(rule: keyof typeof KNOWN, findings: readonly string[]): string[] {
  return findings.filter((finding) => !KNOWN[rule].some((known) => finding.startsWith(known)));
}
