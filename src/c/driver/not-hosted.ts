// SPDX-License-Identifier: GPL-2.0-only
// Which hosts can a driver not play? What a scenario asks for beyond them is not run, and is said.

import { PortError } from '#explorer/run';
import type { HostConfig } from '#vocabulary';

const BEGINS = 'not hosted: ';

/** A scenario asks for what the driver cannot do. No verdict, and no fault of the tree. */
export class NotHosted extends PortError {
  constructor(what: string) {
    super(`${BEGINS}${what}`);
  }
}

/** What was asked for, if a unit ended because it is not hosted; else null. */
export function notHostedReason(reason: string): string | null {
  return reason.startsWith(BEGINS) ? reason.slice(BEGINS.length) : null;
}

/** What of a host no driver can play; null if it can play all of it. */
export function unhosted(
  host: Partial<Pick<HostConfig, 'guestPaging' | 'generationBits' | 'l1tf' | 'longBits'>>,
): string | null {
  if (host.guestPaging === true) return 'page tables of the guest, which no driver shadows';
  if (host.generationBits != null) return 'a narrower generation than that of the tree';
  if (host.longBits === 32) return 'a host of 32 bits, where a tree is read for 64';
  if (host.l1tf === true) return 'the mitigation of the L1 terminal fault';
  return null;
}
