// SPDX-License-Identifier: GPL-2.0-only
// Does the document of the MMU say what the code does? It counts the bits of the generation in an
// MMIO SPTE, and has been wrong about it for years.

import type { FileChange } from '../../patch/values.ts';
import { GENERATION_BITS } from '../constants.ts';
import { ask, type Context, type Rule } from '../rule.ts';
import { isKvmCode, MMU_DOCUMENT, pathsOf } from '../scope.ts';
import { placeOf } from '../sides.ts';
import type { Place, Row } from '../values.ts';

const CONSTANT = /^MMIO_(SPTE_)?GEN_\w*(START|END|BITS|SHIFT|MASK)$/;
const NUMBERS: Readonly<Record<string, number>> = {
  eighteen: 18,
  nineteen: 19,
  twenty: 20,
};

export const rule: Rule = {
  name: 'docs-agree',
  summary: 'the document of the MMU counts other generation bits than the code has',
  rows: (context) => [...constantsAlone(context), ...wrongCounts(context)],
};

function constantsAlone({ patch, sides, series }: Context): Row[] {
  const changed = sides.filter(
    ({ owner, nature }) =>
      owner?.kind === 'macro' && CONSTANT.test(owner.name) && nature === 'code',
  );
  const [first] = changed;
  const isDocumented = [patch, ...series].some((one) =>
    pathsOf(one).some((path) => MMU_DOCUMENT.test(path)),
  );
  if (first === undefined || first.removed === '' || isDocumented) return [];
  return [
    ask(
      'docs-agree',
      `${first.owner!.name} changes, and the document of the MMU does not`,
      'Does the section on MMIO SPTEs in Documentation/virt/kvm/x86/mmu.rst still count the ' +
        'generation bits right?',
      placeOf(first, null, 'added'),
    ),
  ];
}

/** A number of bits that the patch writes into the document, beside the word generation. */
function wrongCounts({ patch, era }: Context): Row[] {
  const bits = GENERATION_BITS[era];
  const changesCode = pathsOf(patch).some(isKvmCode);
  return patch.files
    .filter(({ newPath }) => newPath !== null && MMU_DOCUMENT.test(newPath))
    .flatMap((file) => countsIn(file))
    .filter(({ count }) => count !== bits && !changesCode)
    .map(({ count, place }) =>
      ask(
        'docs-agree',
        `the document says ${count} bits of the generation; the code of ${era} keeps ${bits}`,
        `Where do ${count} bits come from? The code of ${era} keeps ${bits} bits of the ` +
          'generation in an MMIO SPTE.',
        place,
        [{ kind: 'document', id: 'spte-round-trip', text: `the port of ${era} is held to it` }],
      ),
    );
}

function countsIn(file: FileChange): { count: number; place: Place }[] {
  return file.hunks.flatMap((hunk) => {
    const text = hunk.lines.map((line) => line.text).join(' ');
    if (!/generation/i.test(text) || !/mmio/i.test(`${text} ${hunk.heading}`)) return [];
    return hunk.lines
      .filter(({ kind }) => kind === 'added')
      .flatMap((line) => {
        const [, word = ''] =
          /\b(\d{1,2}|eighteen|nineteen|twenty)[ -](?:low |high )?bits?\b/i.exec(line.text) ?? [];
        const count = NUMBERS[word.toLowerCase()] ?? Number(word || Number.NaN);
        if (!(count >= 12 && count <= 32)) return [];
        const place = { path: file.newPath!, function: null, hunk, line: null, text: line.text };
        return [{ count, place }];
      });
  });
}
