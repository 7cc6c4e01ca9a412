// SPDX-License-Identifier: GPL-2.0-only
// Which kernels can be booted here? Debian's cloud images, by the names of their metapackages:
// which build they stand for today is asked of apt, and said in the result. A package is downloaded
// and unpacked into the cache; none is ever installed.

import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { makeFolder } from '#folders';
import { UserError } from '#user-error';
import { compareReleases } from './eras.ts';
import { outputOf } from './programs.ts';
import { Skipped } from './skipped.ts';

/** A kernel that lies unpacked in the cache. */
export interface Kernel {
  /** `6.1`, by which a user chooses it. */
  readonly name: string;
  /** `linux-image-6.1.0-57-cloud-amd64`, and Debian's version of it. */
  readonly package: string;
  readonly version: string;
  readonly image: string;
  /** The modules, in the order in which they are loaded. */
  readonly modules: readonly string[];
}

/** What apt knows of a kernel. */
export interface Offer {
  readonly name: string;
  readonly package: string;
  readonly version: string;
}

const META = '^linux-image-([0-9.]+-)?cloud-amd64$';
const MODULES = ['irqbypass', 'kvm', 'kvm-amd'];
const FACTS = 'kernel.json';

/** What apt offers, oldest first. Rejects with Skipped if it knows no such package. */
export async function offers(signal?: AbortSignal): Promise<Offer[]> {
  const found = await outputOf('apt-cache', ['search', '--names-only', META], { signal });
  const metas = found.split('\n').flatMap((line) => /^linux-image-\S+/.exec(line)?.[0] ?? []);
  const known = new Map<string, Offer>();
  for (const meta of metas) {
    const depends = await outputOf('apt-cache', ['depends', '--', meta], { signal });
    const name = dependedOn(depends);
    if (name === null) continue;
    const version = versionOf(await outputOf('apt-cache', ['show', '--', name], { signal }));
    if (version !== null) known.set(name, { name: releaseOf(name), package: name, version });
  }
  if (known.size === 0)
    throw new Skipped(
      'apt knows no linux-image-cloud-amd64: run apt-get update on Debian 12 or 13',
    );
  return [...known.values()].sort(byRelease);
}

/** The image that a metapackage stands for, from what `apt-cache depends` prints. */
export function dependedOn(text: string): string | null {
  return /^\s*Depends: (linux-image-\d[\w.+~-]*-cloud-amd64)$/m.exec(text)?.[1] ?? null;
}

function versionOf(text: string): string | null {
  return /^Version: ([\w.+~:-]+)$/m.exec(text)?.[1] ?? null;
}

/** `6.1` of `linux-image-6.1.0-57-cloud-amd64`. */
function releaseOf(name: string): string {
  return /^linux-image-(\d+\.\d+)/.exec(name)![1]!;
}

function byRelease(a: { readonly name: string }, b: { readonly name: string }): number {
  return compareReleases(a.name, b.name);
}

/** The kernels that lie in the cache, oldest first. */
export function cachedKernels(cache: string): Kernel[] {
  const folder = join(cache, 'kernels');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, FACTS)))
    .map((name) => readKernel(join(folder, name)))
    .sort(byRelease);
}

function readKernel(folder: string): Kernel {
  const facts = JSON.parse(readFileSync(join(folder, FACTS), 'utf8')) as Offer;
  const files = readdirSync(folder);
  const modules = MODULES.flatMap((module) =>
    files.filter((file) => file.replace(/\.ko(\.xz)?$/, '') === module),
  );
  return { ...facts, image: join(folder, 'vmlinuz'), modules: modules.map((m) => join(folder, m)) };
}

/** The kernel of an offer, from the cache or from Debian. */
export async function unpacked(cache: string, offer: Offer, signal?: AbortSignal): Promise<Kernel> {
  const folder = join(cache, 'kernels', `${offer.package}_${offer.version.replace(/:/g, '.')}`);
  if (!existsSync(join(folder, FACTS))) {
    makeFolder(join(cache, 'kernels'));
    const work = mkdtempSync(join(cache, 'kernels', '.new-'));
    try {
      await download(work, offer, signal);
      pick(work, join(work, 'kernel'), offer);
      rmSync(folder, { recursive: true, force: true });
      renameSync(join(work, 'kernel'), folder);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  return readKernel(folder);
}

async function download(work: string, offer: Offer, signal?: AbortSignal): Promise<void> {
  const wanted = `${offer.package}=${offer.version}`;
  try {
    await outputOf('apt-get', ['-q', 'download', '--', wanted], { folder: work, signal });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new Skipped(`${wanted} cannot be downloaded (${error.message}): run apt-get update`);
  }
  const archive = readdirSync(work).find((file) => file.endsWith('.deb'));
  if (archive === undefined) throw new Skipped(`apt-get downloaded no ${wanted}`);
  await outputOf('dpkg-deb', ['-x', archive, 'tree'], { folder: work, signal });
}

/** Takes what is booted out of an unpacked package. */
function pick(work: string, to: string, offer: Offer): void {
  const tree = join(work, 'tree');
  const files = readdirSync(tree, { recursive: true, encoding: 'utf8' });
  const the = (what: RegExp): string => {
    const file = files.find((path) => what.test(path));
    if (file !== undefined) return join(tree, file);
    throw new UserError(`${offer.package} ${offer.version} has no ${what.source}`, 3);
  };
  mkdirSync(to);
  cpSync(the(/^boot\/vmlinuz-/), join(to, 'vmlinuz'));
  for (const module of MODULES) {
    const from = the(new RegExp(`/${module}\\.ko(\\.xz)?$`));
    cpSync(from, join(to, basename(from)));
  }
  const { name, package: image, version } = offer;
  writeFileSync(join(to, FACTS), `${JSON.stringify({ name, package: image, version })}\n`);
}
