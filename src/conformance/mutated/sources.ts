// SPDX-License-Identifier: GPL-2.0-only
// What is a module built from? Debian's headers, build tools and source of the very version that is
// booted, unpacked below the cache. Nothing of them leaves it.

import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { makeFolder } from '#folders';
import { UserError } from '#user-error';
import type { Kernel } from '../kernels.ts';
import { outputOf } from '../programs.ts';
import { Skipped } from '../skipped.ts';

export interface Sources {
  /** The folder of the headers, where make is started. */
  readonly headers: string;
  /** The tree with arch/x86/kvm, virt/kvm and the selftests, as Debian has it. */
  readonly tree: string;
}

const MIB = 1 << 20;
const DISK_MIN = 2000;
/** What modules are built from, and what selftests are. */
const FOLDERS = [
  ...['arch/x86/kvm', 'virt/kvm'],
  ...['tools/testing/selftests/kvm', 'tools/testing/selftests/rseq', 'tools/include'],
  ...['tools/testing/selftests/kselftest.h', 'tools/testing/selftests/kselftest_harness.h'],
  ...['tools/arch/x86/include', 'tools/lib/rbtree.c'],
];

/** Sources of a kernel, from the cache or from Debian. Rejects with Skipped if there are none. */
export async function sourcesOf(
  cache: string,
  kernel: Kernel,
  signal?: AbortSignal,
): Promise<Sources> {
  const folder = resolve(cache, 'sources', `${kernel.package}_${kernel.version}`);
  // A cache of an earlier version has less.
  if (!FOLDERS.every((path) => existsSync(join(folder, 'tree', path)))) {
    rmSync(folder, { recursive: true, force: true });
    makeFolder(join(cache, 'sources'));
    const { bavail, bsize } = statfsSync(cache);
    if ((bavail * bsize) / MIB < DISK_MIN)
      throw new Skipped(`${DISK_MIN} MB must be free below ${cache} to build modules`);
    const work = mkdtempSync(resolve(cache, 'sources', '.new-'));
    try {
      await fill(work, kernel, signal);
      renameSync(join(work, 'done'), folder);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  const headers = join(folder, 'usr/src', nameOf(kernel, 'headers'));
  pointToCommon(headers, join(folder, 'usr/src'));
  return { headers, tree: join(folder, 'tree') };
}

/** `linux-headers-6.1.0-57-cloud-amd64` of the image of that name. */
function nameOf(kernel: Kernel, what: string): string {
  return kernel.package.replace('linux-image', `linux-${what}`);
}

async function fill(work: string, kernel: Kernel, signal?: AbortSignal): Promise<void> {
  const headers = nameOf(kernel, 'headers');
  const depends = await outputOf('apt-cache', ['depends', '--', headers], { signal });
  const others = [...depends.matchAll(/^\s*Depends: (linux-(?:headers|kbuild)-[\w.+~-]+)$/gm)];
  const source = `linux-source-${kernel.name}`;
  const wanted = [headers, ...others.map(([, name]) => name!), source];
  const versions = wanted.map((name) => `${name}=${kernel.version}`);
  try {
    await outputOf('apt-get', ['-q', 'download', '--', ...versions], { folder: work, signal });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new Skipped(`${versions.join(' ')} cannot be downloaded: run apt-get update`);
  }
  for (const archive of readdirSync(work).filter((file) => file.endsWith('.deb')))
    await outputOf('dpkg-deb', ['-x', archive, 'done'], { folder: work, signal });
  const archive = join('done/usr/src', `${source}.tar.xz`);
  const members = FOLDERS.map((path) => `${source}/${path}`);
  await outputOf('tar', ['-xJf', archive, ...members], { folder: work, signal });
  renameSync(join(work, source), join(work, 'done/tree'));
  rmSync(join(work, archive));
}

/** The Makefile of the headers names the place where they would be installed. */
function pointToCommon(headers: string, at: string): void {
  const path = join(headers, 'Makefile');
  const text = readFileSync(path, 'utf8');
  const [, name] = /^include \S*\/(linux-headers-[\w.+~-]+-common)\/Makefile$/m.exec(text) ?? [];
  if (name === undefined) throw new UserError(`anchor lost: ${path} includes no common one`, 3);
  writeFileSync(path, `include ${join(at, name, 'Makefile')}\n`);
}
