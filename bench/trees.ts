// SPDX-License-Identifier: GPL-2.0-only
// What does `check` say of Debian's kernels? Fetches their source packages by apt into a cache that
// git does not track, unpacks the few folders that are needed, and checks both. What cannot be had
// is printed as skipped: it is no pass.

import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

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
const CLI = fileURLToPath(new URL('../src/cli/kvm-mutants.js', import.meta.url));
const ALL_SKIPPED = 4;

/** Checks both releases; 0 all clean, 1 something is broken, 3 unknown, 4 all skipped. */
function main(): number {
  const statuses = RELEASES.map((release) => {
    const folder = treeOf(`linux-source-${release}`);
    if (folder === null) return null;
    const args = [CLI, 'check', '--tree', folder, ...process.argv.slice(2)];
    return spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 3;
  });
  const known = statuses.filter((status) => status !== null);
  return known.length === 0 ? ALL_SKIPPED : Math.max(...known);
}

/** The unpacked tree of the version that apt would install; null if it cannot be had. */
function treeOf(name: string): string | null {
  try {
    const version = candidateOf(name);
    const folder = join(CACHE, `${name}_${version}`);
    if (!existsSync(folder)) {
      console.log(`${name} ${version}: fetching the package by apt, and unpacking what is needed`);
      fetched(name, version, folder);
    }
    console.log(`${name} ${version}: ${folder}`);
    return folder;
  } catch (error) {
    console.log(`${name}: skipped (${reasonOf(error)})`);
    return null;
  }
}

/** The version that apt knows; a new one is fetched anew. */
function candidateOf(name: string): string {
  const text = execFileSync('apt-cache', ['policy', name], { encoding: 'utf8', env: PLAIN });
  const version = /^ +Candidate: ([\w.+~-]+)$/m.exec(text)?.[1];
  if (version === undefined) throw new Error('apt knows no such package; apt-get update may help');
  return version;
}

/** In English, so that it can be read. */
const PLAIN = { ...process.env, LC_ALL: 'C' };

/** A tree is there as a whole or not at all. */
function fetched(name: string, version: string, folder: string): void {
  mkdirSync(CACHE, { recursive: true });
  const work = mkdtempSync(join(CACHE, 'fetch-'));
  try {
    unpack(name, version, work);
    renameSync(join(work, 'tree'), folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function unpack(name: string, version: string, work: string): void {
  const run = (command: string, ...args: string[]) =>
    execFileSync(command, args, { cwd: work, stdio: ['ignore', 'ignore', 'pipe'], env: PLAIN });
  run('apt-get', 'download', `${name}=${version}`);
  const archive = readdirSync(work).find((file) => file.endsWith('.deb'));
  if (archive === undefined) throw new Error('apt-get download left no package');
  run('dpkg-deb', '-x', archive, 'package');
  const sources = join(work, 'package/usr/src');
  const tarball = readdirSync(sources).find((file) => file.endsWith('.tar.xz'));
  if (tarball === undefined) throw new Error('the package holds no source');
  mkdirSync(join(work, 'tree'));
  const wanted = FOLDERS.map((path) => `${name}/${path}`);
  run('tar', '-xJf', join(sources, tarball), '-C', 'tree', '--strip-components=1', ...wanted);
}

/** Why a tool failed, in one line: what it said last, or that it is not there. */
function reasonOf(error: unknown): string {
  const { code, path, stderr, message } = error as NodeJS.ErrnoException & { stderr?: Buffer };
  if (code === 'ENOENT' && path !== undefined) return `${path} is not there`;
  const said = String(stderr ?? '').trim();
  return (said === '' ? message : said).split('\n').at(said === '' ? 0 : -1)!;
}

process.exitCode = main();
