// SPDX-License-Identifier: GPL-2.0-only
// Which mails and diffs would a stranger send to break this? Well-formed ones in every encoding,
// and then anything done to their bytes. For the bench and for a sample of it among the tests.

import * as fc from 'fast-check';
import { UserError } from '#user-error';
import { applyPatches } from '../patch/apply.ts';
import { pathProblem } from '../patch/paths.ts';
import { readPatches } from '../patch/read.ts';
import { anyText } from '../report/hostile-texts.ts';
import type { ReviewFormat } from './format.ts';
import { reviewOf } from './review.ts';
import type { Knowledge } from './rule.ts';

const PATHS = [
  'virt/kvm/kvm_main.c',
  'arch/x86/kvm/mmu/mmu.c',
  'arch/x86/kvm/x86.h',
  'arch/x86/kvm/mmu/spte.h',
  'Documentation/virt/kvm/x86/mmu.rst',
  '../../etc/passwd',
  '/etc/passwd',
  '.git/config',
  'a\x1b[2Jb',
  'x y.c',
];

const LINES = [
  '\tslots->generation++;',
  '\tif (gen & KVM_MEMSLOT_GEN_UPDATE_IN_PROGRESS)',
  '\trcu_assign_pointer(kvm->memslots, slots);',
  '\tsynchronize_srcu_expedited(&kvm->srcu);',
  '#define MMIO_SPTE_GEN_HIGH_START 52 /* x',
  'static bool check_mmio_spte(struct kvm_vcpu *vcpu, u64 spte)',
  '{',
  '}',
  '-- ',
  '@@ -1 +1 @@',
  'diff --git a/x b/x',
  '/* generation: 18 bits */',
  '((((((((((((((((((((',
  '',
];

const line = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...LINES) }, anyText);
const path = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...PATHS) }, anyText);
const mark = fc.constantFrom(' ', '+', '-', '\\');
const body = fc.array(
  fc.tuple(mark, line).map(([sign, text]) => `${sign}${text}`),
  { maxLength: 12 },
);

/** A hunk whose counts are right as a rule. */
const hunk = fc
  .tuple(body, line, fc.constantFrom(0, 0, 0, 0, 1, -1, 1e9))
  .map(([lines, head, off]) => {
    const count = (sign: string) =>
      lines.filter((one) => ` ${sign}`.includes(one[0]!)).length + off;
    return `@@ -1,${count('-')} +1,${count('+')} @@ ${head}\n${lines.join('\n')}\n`;
  });

const file = fc
  .tuple(path, path, fc.array(hunk, { maxLength: 3 }), fc.constantFrom('', '120000', '100644'))
  .map(([from, to, hunks, mode]) => {
    const head = mode === '' ? '' : `new file mode ${mode}\n`;
    return `diff --git a/${from} b/${to}\n${head}--- a/${from}\n+++ b/${to}\n${hunks.join('')}`;
  });

const diff = fc.array(file, { maxLength: 3 }).map((files) => files.join(''));

const encoding = fc.constantFrom('', 'quoted-printable', 'base64', '7bit', 'x-unknown');
const type = fc.constantFrom(
  'text/plain; charset=utf-8',
  'text/plain; charset=iso-2022-jp',
  'text/plain; format=flowed',
  'multipart/mixed; boundary="b"',
  'text/html',
  'application/octet-stream',
);
const mail = fc
  .tuple(anyText, anyText, diff, encoding, type)
  .map(([subject, prose, text, how, what]) => {
    const plain = `${prose}\n---\n\n${text}-- \n2.39.5\n`;
    const coded = how === 'base64' ? Buffer.from(plain).toString('base64') : plain;
    const nested = `Content-Type: ${what}\n\n--b--`;
    const parts = `--b\nContent-Type: text/plain\n\n${coded}\n--b\n${nested}`;
    const inside = what.startsWith('multipart') ? parts : coded;
    const title = `=?utf-8?q?${subject}?= [PATCH] ${subject}`;
    const head = `From: a@b\nSubject: ${title}\nContent-Type: ${what}`;
    return `${head}\nContent-Transfer-Encoding: ${how}\n\n${inside}\n`;
  });

const SEPARATOR = `From ${'0'.repeat(40)} Mon Sep 17 00:00:00 2001\n`;
const log = fc.tuple(anyText, diff).map(([prose, text]) => {
  const message = prose.replaceAll('\n', '\n    ');
  return `commit ${'a'.repeat(40)}\nAuthor: x\n\n    ${message}\n\n${text}`;
});

const whole = fc.oneof(
  diff,
  mail,
  log,
  fc.array(mail, { maxLength: 3 }).map((mails) => mails.map((one) => SEPARATOR + one).join('')),
);

/** What happens to bytes on the way: some are cut off, doubled, changed, or get other line ends. */
const damage = fc.array(
  fc.tuple(
    fc.constantFrom('cut', 'drop', 'double', 'flip', 'crlf', 'long'),
    fc.nat(),
    fc.integer({ min: 0, max: 255 }),
  ),
  { maxLength: 3 },
);

/** Bytes that may be a patch. */
export const anyPatch: fc.Arbitrary<Uint8Array> = fc.tuple(whole, damage).map(([text, blows]) => {
  let bytes = Buffer.from(text, 'utf8');
  for (const [blow, place, value] of blows) bytes = damaged(bytes, blow, place, value);
  return new Uint8Array(bytes);
});

function damaged(bytes: Buffer, blow: string, place: number, value: number): Buffer<ArrayBuffer> {
  const at = bytes.length === 0 ? 0 : place % bytes.length;
  const [head, tail] = [bytes.subarray(0, at), bytes.subarray(at)];
  if (blow === 'cut') return Buffer.from(head);
  if (blow === 'drop') return Buffer.concat([head, tail.subarray(1 + (value % 40))]);
  if (blow === 'double') return Buffer.concat([bytes, tail]);
  if (blow === 'flip') return Buffer.concat([head, Buffer.from([value]), tail.subarray(1)]);
  if (blow === 'long') return Buffer.concat([head, Buffer.alloc(5_000, value), tail]);
  return Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
}

/** Nothing that a terminal or a viewer obeys, and no half of a character. */
const OBEYED = /[^\P{C}\n\t\p{Cn}\p{Co}]|[\u2028\u2029]/u;

/**
 * Reads, applies, reviews and prints bytes; throws if any of it goes wrong. How many patches were
 * in them is returned; 0 if they were refused with a sentence.
 */
export function tryPatch(
  bytes: Uint8Array,
  knowledge: Knowledge,
  formats: readonly ReviewFormat[],
): number {
  let patches: ReturnType<typeof readPatches>;
  try {
    patches = readPatches(bytes, 'fuzz');
  } catch (error) {
    if (error instanceof UserError) return 0;
    throw error;
  }
  applyPatches(patches, (name) => {
    if (pathProblem(name) !== null) throw new Error(`asked for ${JSON.stringify(name)}`);
    return `${LINES.join('\n')}\n`;
  });
  const review = reviewOf(patches, knowledge, null);
  for (const { name, text } of formats) {
    const printed = text(review, { isQuiet: false, isVerbose: true });
    if (OBEYED.test(printed)) throw new Error(`${name} lets a control byte through`);
    if (['json', 'sarif', 'b4'].includes(name)) JSON.parse(printed);
  }
  return patches.length;
}
