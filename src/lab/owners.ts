// SPDX-License-Identifier: GPL-2.0-only
// Whose is a file that is not finished? Its name says which process of which machine writes it, so
// that others leave it alone while that process lives, and may take it away when it was killed.

import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

const HOST = hostname().replace(/[^\w-]/g, '_');

/** A name that no other process has, nor this one for anything else: `<host>~<pid>~<uuid>`. */
export function newOwnName(): string {
  return `${HOST}~${process.pid}~${randomUUID()}`;
}

/** May the process that a name begins with still be writing? True if that cannot be known. */
export function isOwned(name: string): boolean {
  const [host, pid] = name.split('~');
  if (host !== HOST || !/^\d+$/.test(pid ?? '')) return true;
  return isAlive(Number(pid));
}

/** Is there a process of this number on this machine? */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
