// SPDX-License-Identifier: GPL-2.0-only
// Which functions do the ports have, and under which path of the kernel? The path is the key:
// nothing here is a list that has to be kept.

import { posix } from 'node:path';
import type { EraName } from '#vocabulary';

/** A function, or a constant, of a port. */
export interface Ported {
  readonly era: EraName;
  readonly name: string;
  /** Of the kernel, such as `virt/kvm/kvm_main.c`. */
  readonly path: string;
  /** Names that its text uses. */
  readonly uses: ReadonlySet<string>;
}

/** All functions of the ports of these eras. `read` gets a path relative to reference/. */
export function portedFunctions(
  eras: readonly EraName[],
  read: (path: string) => string,
): Ported[] {
  return eras.flatMap((era) =>
    [...filesOf(`systems/${era}.ts`, read)]
      .filter(([path]) => /^v\d/.test(path))
      .flatMap(([path, text]) => functionsOf(era, path, text)),
  );
}

/** The files that the system of an era loads, with their texts. */
function filesOf(entry: string, read: (path: string) => string): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const open = [entry];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (files.has(path)) continue;
    const text = read(path);
    files.set(path, text);
    for (const [, name = ''] of text.matchAll(
      /^(?:import|export)[^;]{0,5000}? from '(\.[^']+)';/gm,
    )) {
      const target = posix.join(posix.dirname(path), name);
      if (!target.startsWith('..')) open.push(target);
    }
  }
  return files;
}

/** `v3.17/arch/x86/kvm/x86.h.ts` is x86.h, headers lie below include/, the rest is C. */
export function kernelPathOf(path: string): string {
  const inside = path.split('/').slice(1).join('/').replace(/\.ts$/, '');
  if (inside.endsWith('.h')) return inside;
  return /(^|\/)include\//.test(inside) ? `${inside}.h` : `${inside}.c`;
}

function functionsOf(era: EraName, file: string, text: string): Ported[] {
  const path = kernelPathOf(file);
  const heads = [...text.matchAll(/^(?:export )?(?:function|const) (\w+)/gm)];
  return heads.map(({ 1: name = '', index }, i) => {
    const body = text.slice(index, heads[i + 1]?.index ?? text.length);
    return { era, name, path, uses: new Set(body.match(/[A-Za-z_]\w+/g) ?? []) };
  });
}
