// SPDX-License-Identifier: GPL-2.0-only
// What does `check` say of Debian's kernels? Fetches their source packages by apt into a cache that
// git does not track, unpacks the few folders that are needed, and checks both. What cannot be had
// is printed as skipped: it is no pass.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';

const RELEASES = ['6.1', '6.12'] as const;
/** Below `.cache/`, which .gitignore names: kernel text never enters the repository. */
const CACHE = resolve('.cache/trees');
const FOLDERS = [
  'arch/x86/kvm',
  'arch/x86/include',
  'virt/kvm',
  'include/linux',
  'include/uapi/linux',
  'lib/rbtree.c',
];
const CLI = resolve('src/cli/kvm-mutants.js');

/** Checks both releases; 0 all clean, 1 something is broken, 3 unknown, 4 all skipped. */
function main(): number {
  const statuses = RELEASES.map((release) => {
    const folder = treeOf(release);
    if (folder === null) return null;
    console.log(`linux-source-${release}: ${folder}`);
    const args = [CLI, 'check', '--tree', folder, ...process.argv.slice(2)];
    return spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 3;
  });
  const known = statuses.filter((status) => status !== null);
  return known.length === 0 ? 4 : Math.max(...known);
}

/** The unpacked tree; null if apt or a tool is not there, which is said. */
function treeOf(release: string): string | null {
  const folder = join(CACHE, release);
  if (existsSync(folder)) return folder;
  mkdirSync(CACHE, { recursive: true });
  const work = mkdtempSync(join(CACHE, 'fetch-'));
  try {
    unpack(release, work);
    renameSync(join(work, 'tree'), folder);
    return folder;
  } catch (error) {
    const [reason] = String((error as Error).message).split('\n');
    console.log(`linux-source-${release}: skipped (${reason})`);
    return null;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function unpack(release: string, work: string): void {
  const run = (command: string, ...args: string[]) =>
    execFileSync(command, args, { cwd: work, stdio: ['ignore', 'ignore', 'ignore'] });
  run('apt-get', 'download', `linux-source-${release}`);
  const archive = readdirSync(work).find((name) => name.endsWith('.deb'));
  if (archive === undefined) throw new Error('apt-get download left no package');
  run('dpkg-deb', '-x', archive, 'package');
  const sources = join(work, 'package/usr/src');
  const tarball = readdirSync(sources).find((name) => name.endsWith('.tar.xz'));
  if (tarball === undefined) throw new Error('the package holds no source');
  mkdirSync(join(work, 'tree'));
  const top = `linux-source-${release}`;
  const wanted = FOLDERS.map((path) => `${top}/${path}`);
  run('tar', '-xJf', join(sources, tarball), '-C', 'tree', '--strip-components=1', ...wanted);
}

process.exitCode = main();
