// SPDX-License-Identifier: GPL-2.0-only
// Which bytes of userspace does the kernel copy? Those of src/linux/uaccess.ts: nobody looks at
// what they are, so that telling of them is no step.

import { currentMarks, leaveMark } from '#explorer/run';
import {
  __copy_from_user,
  __copy_to_user,
  type kernel_buffer,
  type user_range,
} from '#linux/uaccess';
import type { Intrinsics, Run } from './intrinsic.ts';

const COPY = 'copy ';
const UNDER_WAY = 'copies are told';

/** Which bytes of userspace were copied while `code` ran, in this order. */
export function copiedBy(code: () => void): user_range[] {
  const marks = currentMarks();
  const isCopy = (name: string) => name.startsWith(COPY);
  for (const name of [...marks.keys()].filter(isCopy)) marks.delete(name);
  leaveMark(UNDER_WAY);
  code();
  marks.delete(UNDER_WAY);
  return [...marks.keys()].filter(isCopy).map((name) => {
    const [, addr, n] = name.slice(COPY.length).split(' ');
    return { addr: BigInt(addr!), n: BigInt(n!) };
  });
}

/** Does somebody want to know what is copied, and so which pages are written by that? */
export function areCopiesTold(): boolean {
  return currentMarks().has(UNDER_WAY);
}

/** Marks what a copy of the model has copied. */
function marked(copy: (buffer: kernel_buffer) => bigint): bigint {
  const buffer: kernel_buffer = { ranges: [] };
  const left = copy(buffer);
  // The same bytes may be copied twice.
  for (const { addr, n } of buffer.ranges) leaveMark(`${COPY}${currentMarks().size} ${addr} ${n}`);
  return left;
}

const fromUser: Run = (m, site, _to, from, n) => {
  m.at_(site);
  return marked((buffer) => __copy_from_user(buffer, BigInt(from!), BigInt(n!)));
};

const toUser: Run = (m, site, to, _from, n) => {
  m.at_(site);
  return marked((buffer) => __copy_to_user(BigInt(to!), buffer, BigInt(n!)));
};

const prototype = (name: string) =>
  `unsigned long ${name}(void *to, const void *from, unsigned long n)`;

export const COPIES: Intrinsics = {
  __copy_from_user: { prototype: prototype('__copy_from_user'), run: fromUser },
  copy_from_user: { prototype: prototype('copy_from_user'), run: fromUser },
  __copy_to_user: { prototype: prototype('__copy_to_user'), run: toUser },
  copy_to_user: { prototype: prototype('copy_to_user'), run: toUser },
};
