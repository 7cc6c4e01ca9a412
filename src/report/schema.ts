// SPDX-License-Identifier: GPL-2.0-only
// What do all JSON documents of this tool begin with? The name and version of their schema, so that
// a reader can refuse what it does not know.

import { readFileSync } from 'node:fs';

export interface Schema {
  readonly name: string;
  /** Counted up when a field is renamed, removed or changes its meaning; not when one is added. */
  readonly version: number;
}

const PACKAGE = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { readonly name: string; readonly version: string };

export const TOOL = { name: PACKAGE.name, version: PACKAGE.version } as const;

export function schemaOf(what: string): Schema {
  return { name: `kvm-mutants/${what}`, version: 1 };
}

/** The bytes of a document. u64 values are written as decimal texts. */
export function jsonText(document: object): string {
  const plain = (_key: string, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value;
  return `${JSON.stringify(document, plain, 2)}\n`;
}
