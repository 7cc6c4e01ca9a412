// SPDX-License-Identifier: GPL-2.0-only
// What does the kernel unpack as its first file system? An archive of the kind that cpio calls newc
// (Documentation/driver-api/early-userspace/buffer-format.rst), written here: a dozen files at
// most.

export interface ArchiveFile {
  /** Without a slash at the start. */
  readonly path: string;
  readonly content: Uint8Array;
  readonly isExecutable: boolean;
}

const MAGIC = '070701';
const REGULAR = 0o100000;
const FOLDER = 0o040000;
const ALIGNMENT = 4;
const TRAILER = 'TRAILER!!!';

/** The archive of these folders and files, in this order. */
export function archiveOf(folders: readonly string[], files: readonly ArchiveFile[]): Buffer {
  const parts: Buffer[] = [];
  const add = (path: string, mode: number, content: Uint8Array) => {
    parts.push(entry(parts.length + 1, path, mode, content));
  };
  for (const path of folders) add(path, FOLDER | 0o755, new Uint8Array());
  for (const { path, content, isExecutable } of files)
    add(path, REGULAR | (isExecutable ? 0o755 : 0o644), content);
  add(TRAILER, 0, new Uint8Array());
  return Buffer.concat(parts);
}

function entry(inode: number, path: string, mode: number, content: Uint8Array): Buffer {
  const name = Buffer.from(`${path}\0`, 'latin1');
  // inode mode uid gid links time size, major and minor of the device and of what it stands for
  const numbers = [inode, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, name.length, 0];
  const head = MAGIC + numbers.map((n) => n.toString(16).padStart(8, '0')).join('');
  return Buffer.concat([
    padded(Buffer.concat([Buffer.from(head, 'latin1'), name])),
    padded(content),
  ]);
}

function padded(bytes: Uint8Array): Buffer {
  const length = Math.ceil(bytes.length / ALIGNMENT) * ALIGNMENT;
  return Buffer.concat([bytes, Buffer.alloc(length - bytes.length)]);
}
