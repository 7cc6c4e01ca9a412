// SPDX-License-Identifier: GPL-2.0-only
// Where do ports lie, and which eras are there? Their files are read once per process: mutants are
// made from, and loaded into, the same text.

import { readdirSync, readFileSync } from 'node:fs';
import { type Port, readPort } from '#mutation/port';
import type { EraName } from '#vocabulary';

/** reference/, as the URL of a folder. */
export const REFERENCE = new URL('../../reference/', import.meta.url);

/** Every era that has a system, oldest first. */
export function eraNames(): EraName[] {
  return readdirSync(new URL('systems/', REFERENCE))
    .filter((name) => /^v\d+\.\d+\.ts$/.test(name))
    .map((name) => name.slice(0, -'.ts'.length) as EraName)
    .sort((a, b) => releaseOf(a) - releaseOf(b));
}

const ports = new Map<EraName, Port>();

/** The port of an era, read at the first call. */
export function portOf(era: EraName): Port {
  let port = ports.get(era);
  if (port === undefined) {
    port = readPort(era, (path) => readFileSync(new URL(path, REFERENCE), 'utf8'));
    ports.set(era, port);
  }
  return port;
}

/** v3.17 comes before v3.19 and v5.11. */
function releaseOf(era: EraName): number {
  const [major, minor] = era.slice(1).split('.').map(Number);
  return major! * 1000 + minor!;
}
