// SPDX-License-Identifier: GPL-2.0-only
// Which selftests of the kernel are run? Those of this area, from the source of the kernel that is
// booted, linked statically and kept in the cache. Nothing of them leaves it.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError } from '#user-error';
import type { Kernel } from '../kernels.ts';
import { sourcesOf } from '../mutated/sources.ts';
import { outputOf } from '../programs.ts';

/** A selftest and how it is started. */
export interface Selftest {
  readonly name: string;
  /** What makes it short: an emulated machine is slow, and has little memory. */
  readonly args: readonly string[];
  readonly text: string;
}

export const SELFTESTS: readonly Selftest[] = [
  {
    name: 'set_memory_region_test',
    args: ['2'],
    text: 'moves and deletes a slot under a running vCPU, and fills all slots, 512 here',
  },
  {
    name: 'memslot_modification_stress_test',
    args: ['-v', '1', '-b', '4M', '-i', '100'],
    text: 'creates and deletes a slot that no vCPU reads, while one writes other memory',
  },
  {
    name: 'memslot_perf_test',
    args: ['-d', '-s', '34', '-l', '1', '-f', '3', '-e', '3'],
    text: 'moves slots under a running vCPU, and checks what it wrote',
  },
];

const FOLDER = 'tools/testing/selftests/kvm';
const FLAGS = [
  ...['-O2', '-std=gnu99', '-w', '-U_FORTIFY_SOURCE', '-fno-stack-protector', '-fno-PIE'],
  ...['-no-pie', '-static', '-pthread'],
];
const INCLUDES = [
  ...['../../../include', '../../../arch/x86/include', 'include', 'include/x86_64'],
  ...['../rseq', '..', 'lib', 'lib/x86_64', 'x86_64', '.'],
];

/** The paths of the programs, in the order of SELFTESTS. Rejects with Skipped or UserError. */
export async function selftestPrograms(
  cache: string,
  kernel: Kernel,
  signal?: AbortSignal,
): Promise<string[]> {
  const names = SELFTESTS.map(({ name }) => name);
  const hash = createHash('sha256').update(JSON.stringify([names, FLAGS, INCLUDES]));
  const name = `${kernel.package}_${kernel.version}_${hash.digest('hex').slice(0, 16)}`;
  const folder = resolve(cache, 'selftests', name);
  if (!existsSync(folder)) {
    const { tree } = await sourcesOf(cache, kernel, signal);
    mkdirSync(join(cache, 'selftests'), { recursive: true });
    const work = mkdtempSync(resolve(cache, 'selftests', '.new-'));
    try {
      await build(work, join(tree, FOLDER), resolve(cache, 'logs', 'selftests.log'), signal);
      renameSync(work, folder);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  return names.map((file) => join(folder, file));
}

async function build(work: string, from: string, log: string, signal?: AbortSignal): Promise<void> {
  const makefile = readFileSync(join(from, 'Makefile'), 'utf8');
  const flags = [...FLAGS, ...INCLUDES.map((path) => `-I${path}`)];
  const gcc = (args: readonly string[]) =>
    outputOf('gcc', [...flags, ...args], { folder: from, signal, log });
  // Its own memcmp() must not become a call of itself.
  const strings = filesOf(makefile, 'LIBKVM_STRING').map((file, i) => [file, `${work}/${i}.o`]);
  for (const [file, object] of strings) await gcc(['-ffreestanding', '-c', file!, '-o', object!]);
  const objects = strings.map(([, object]) => object!);
  const library = [...filesOf(makefile, 'LIBKVM'), ...filesOf(makefile, 'LIBKVM_x86_64')];
  for (const { name } of SELFTESTS) {
    const source = [`${name}.c`, `x86_64/${name}.c`].find((file) => existsSync(join(from, file)));
    if (source === undefined) throw new UserError(`the kernel has no selftest ${name}`, 3);
    await gcc([source, ...library, ...objects, '-o', join(work, name), '-ldl']);
  }
}

/** `lib/a.c` of the lines `NAME += lib/a.c`. */
export function filesOf(makefile: string, name: string): string[] {
  return [...makefile.matchAll(new RegExp(`^${name} \\+= (lib/[\\w/]+\\.[cS])$`, 'gm'))].map(
    ([, file]) => file!,
  );
}
