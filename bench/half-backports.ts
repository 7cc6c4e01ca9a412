// SPDX-License-Identifier: GPL-2.0-only
// Does `backport` tell the eight ways apart of taking only some pieces of ee3d1570b586? They are
// made in memory from a tree of 3.16 that the user has: its files are read and never written.

import { regression } from '../mutants/history/single-increment.ts';
import { loadTree } from '../src/c/load.ts';
import { loadParser } from '../src/c/text/ast.ts';
import { backportResult } from '../src/cli/backport-result.ts';
import { folderFiles } from '../src/cli/tree-files.ts';
import { columns } from '../src/report/texts.ts';

const MAIN = 'virt/kvm/kvm_main.c';
const MMU = 'arch/x86/kvm/mmu.c';

/** A place of a file, by names and signs only, and what comes there. */
type Edit = readonly [path: string, place: RegExp, text: string];

const PREREQUISITE: readonly Edit[] = [
  [
    MMU,
    /\(kvm_memslots\(kvm\)->generation\s*\+\s*MMIO_MAX_GEN - 150\)/,
    'kvm_memslots(kvm)->generation',
  ],
  [MMU, /\(kvm\) >= MMIO_MAX_GEN/, '(kvm) == 0'],
  [MAIN, /\bkvm_init_memslots_id\(kvm\);/, 'kvm->memslots->generation = -150; $&'],
];
const SECOND_INCREMENT: readonly Edit[] = [
  [
    MAIN,
    /(?<=synchronize_srcu_expedited\(&kvm->srcu\);)(?=\s*kvm_arch_memslots)/,
    ' slots->generation++;',
  ],
];
const LOW_BIT: readonly Edit[] = [
  [MMU, /(?<=MMIO_SPTE_GEN_LOW_SHIFT\s+)3/, '2'],
  [MMU, /(?<=define MMIO_GEN_SHIFT\s+)19/, '20'],
  [MMU, /(?<=define MMIO_GEN_LOW_SHIFT\s+)9/, '10'],
  [MMU, /(?<=define MMIO_GEN_LOW_MASK\s+\(\(1 << MMIO_GEN_LOW_SHIFT\) - )1/, '2'],
];

/** Prints a row for each of the eight trees; the folder must hold a tree of 3.16. */
export async function halfBackports(folder: string, print: (text: string) => void): Promise<void> {
  const parser = await loadParser();
  const read = folderFiles(folder);
  const rows = [['P', 'A', 'B', 'after', 'window', 'at rest', 'in flux', 'verdict']];
  for (let pieces = 0; pieces < 8; pieces++) {
    const [p, a, b] = [(pieces & 4) !== 0, (pieces & 2) !== 0, (pieces & 1) !== 0];
    const edits = [
      ...(p ? PREREQUISITE : []),
      ...(a ? SECOND_INCREMENT : []),
      ...(b ? LOW_BIT : []),
    ];
    const tree = loadTree(parser, (path) => edited(read, path, edits));
    const options = { budgetStates: null, onUnit: () => {}, isOver: () => false };
    const { findings, judgement } = await backportResult(folder, tree, regression, options);
    const held = findings.invariants.map(({ state }) => state);
    const { word, why } = judgement;
    const marks = [p, a, b].map((isThere) => (isThere ? 'x' : '-'));
    rows.push([...marks, ...held, why === '' ? word : `${word}: ${why}`]);
  }
  print(columns(rows).join('\n'));
}

function edited(
  read: (path: string) => string | null,
  path: string,
  edits: readonly Edit[],
): string | null {
  let text = read(path);
  for (const [file, place, replacement] of edits) {
    if (file !== path || text === null) continue;
    const after = text.replace(place, replacement);
    if (after === text) throw new Error(`${path} is not that of 3.16: ${place.source}`);
    text = after;
  }
  return text;
}
