// SPDX-License-Identifier: GPL-2.0-only
// How do kvm.ko and kvm-amd.ko with all mutants come about? A copy of the two folders is edited and
// built as modules outside of the tree; the result is kept under the hash of the edits.

import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeFolder } from '#folders';
import type { Kernel } from '../kernels.ts';
import { outputOf } from '../programs.ts';
import { KERNEL_EDITS, type KernelEdit, withEdits } from './edits.ts';
import { type Sources, sourcesOf } from './sources.ts';

const OWN = ['kvm_mutants.h', 'kvm_mutants.c'].map((name) =>
  fileURLToPath(new URL(name, import.meta.url)),
);
const KVM = 'arch/x86/kvm';

/** A module outside of the tree finds its own headers; Intel's part is not built. */
const MAKEFILE: readonly (readonly [from: string, to: string])[] = [
  ['-I $(srctree)/arch/x86/kvm', '-I $(src) -I $(src)/.. -include $(src)/kvm_mutants.h'],
  ['include $(srctree)/virt/kvm', 'include $(src)/../../../virt/kvm'],
  ['obj-$(CONFIG_KVM_INTEL)', 'obj-n'],
];

/** The kernel with mutated modules in the place of its own. Rejects with Skipped or UserError. */
export async function mutatedKernel(
  cache: string,
  kernel: Kernel,
  signal?: AbortSignal,
): Promise<Kernel> {
  const hash = createHash('sha256').update(JSON.stringify([KERNEL_EDITS, MAKEFILE]));
  for (const path of OWN) hash.update(readFileSync(path));
  const name = `${kernel.package}_${kernel.version}_${hash.digest('hex').slice(0, 16)}`;
  const folder = resolve(cache, 'mutated', name);
  if (!existsSync(folder)) {
    const sources = await sourcesOf(cache, kernel, signal);
    makeFolder(join(cache, 'mutated'));
    const work = mkdtempSync(resolve(cache, 'mutated', '.new-'));
    try {
      await build(work, sources, resolve(cache, 'logs', 'build.log'), signal);
      renameSync(join(work, 'modules'), folder);
    } finally {
      rmSync(work, { recursive: true, force: true });
    }
  }
  const modules = kernel.modules.map((path) => {
    const file = basename(path).replace(/\.xz$/, '');
    return file.startsWith('kvm') ? join(folder, file) : path;
  });
  return { ...kernel, modules };
}

async function build(work: string, { headers, tree }: Sources, log: string, signal?: AbortSignal) {
  const copy = join(work, 'tree');
  cpSync(tree, copy, { recursive: true });
  for (const [file, edits] of Map.groupBy(KERNEL_EDITS, (edit: KernelEdit) => edit.file)) {
    const path = join(copy, file);
    writeFileSync(path, withEdits(readFileSync(path, 'utf8'), edits));
  }
  for (const path of OWN) cpSync(path, join(copy, KVM, basename(path)));
  const makefile = join(copy, KVM, 'Makefile');
  writeFileSync(makefile, makefileOf(readFileSync(makefile, 'utf8')));
  const target = `M=${join(copy, KVM)}`;
  const args = ['-j2', '-C', headers, target, 'modules'];
  await outputOf('make', args, { signal, limit: 3_600_000, log });
  mkdirSync(join(work, 'modules'));
  for (const file of ['kvm.ko', 'kvm-amd.ko']) {
    const to = join(work, 'modules', file);
    cpSync(join(copy, KVM, file), to);
    await outputOf('strip', ['-g', to], { signal });
  }
}

/** The Makefile of arch/x86/kvm for a module outside of the tree. */
export function makefileOf(text: string): string {
  const moved = MAKEFILE.reduce((before, [from, to]) => {
    const parts = before.split(from);
    if (parts.length !== 2) throw new Error(`the Makefile has ${parts.length - 1} times '${from}'`);
    return parts.join(to);
  }, text);
  return `${moved}\nkvm-y += kvm_mutants.o\n`;
}
