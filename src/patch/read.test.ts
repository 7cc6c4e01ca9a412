// SPDX-License-Identifier: GPL-2.0-only
// Is a patch the same however it was mailed, and is what is no patch said to be none?

import { describe, expect, test } from 'vitest';
import { bytesOf, DIFF, MAIL, PATH } from './fixtures.ts';
import { readPatches } from './read.ts';
import type { Patch } from './values.ts';

const read = (text: string | Uint8Array, isMboxrd = false): Patch[] =>
  readPatches(typeof text === 'string' ? bytesOf(text) : text, 'test', { isMboxrd });
const one = (text: string | Uint8Array): Patch => {
  const patches = read(text);
  expect(patches).toHaveLength(1);
  return patches[0]!;
};
const hunkText = ({ files }: Patch) => new TextDecoder().decode(files[0]?.hunks[0]?.bytes);
const HUNK = DIFF.slice(DIFF.indexOf('@@'));
const [HEAD = '', BODY = ''] = [
  MAIL.slice(0, MAIL.indexOf('\n\n')),
  MAIL.slice(MAIL.indexOf('\n\n') + 2),
];

/** The body as a mailer encodes it that trusts nothing. */
const quotedPrintable = (text: string) =>
  text
    .replaceAll('=', '=3D')
    .replaceAll('\t', '=09')
    .replace(/^(.{70})/gm, '$1=\n')
    .replace(/^From /gm, '=46rom ');

const mailed = (encoding: string, body: string) =>
  `${HEAD}\nContent-Transfer-Encoding: ${encoding}\n\n${body}`;

const MAILED: Readonly<Record<string, string>> = {
  'git format-patch': MAIL,
  'a mail without separator': MAIL.slice(MAIL.indexOf('\n') + 1),
  'quoted-printable': mailed('quoted-printable', quotedPrintable(BODY)),
  base64: mailed(
    'base64',
    `${Buffer.from(BODY).toString('base64')}
`,
  ),
  CRLF: MAIL.replaceAll('\n', '\r\n'),
  'a separator of b4': MAIL.replace(/^From .*/, 'From git@z Thu Jan  1 00:00:00 1970'),
  'an attachment':
    `${HEAD}\nMIME-Version: 1.0\nContent-Type: multipart/mixed;\n boundary="=-x"\n\n--=-x\n` +
    `Content-Type: text/html\n\n<b>no</b>\n--=-x\nContent-Type: text/plain\n\n${BODY}\n--=-x--\n`,
};

describe.each(Object.entries(MAILED))('a patch as %s', (_, text) => {
  const patch = one(text);

  test('has its subject, its number, its trailers and its base', () => {
    expect(patch.subject).toBe('KVM: Simplify memslot installation');
    expect(patch.numbering).toEqual({ version: 2, index: 1, of: 2 });
    expect(patch.author).toBe('A Developer <dev@example.org>');
    expect(patch.trailers.map(({ key }) => key)).toEqual(['Fixes', 'Signed-off-by']);
    expect(patch.changelog).toBe(
      'The second increment looks redundant.\nFrom here on there is one.',
    );
    expect(patch.baseCommit).toBe('238bd7af021e5a2f1c3f0d9b8d5c4e3f2a1b0c9d');
  });

  test('has its hunk byte for byte', () => {
    expect(hunkText(patch)).toBe(HUNK);
    expect(patch.files.map(({ newPath }) => newPath)).toEqual([PATH]);
    expect(patch.problems).toEqual([]);
  });
});

test('an mbox is cut at separators with a date, and nowhere else', () => {
  const patches = read(`${MAIL}\n${MAIL.replace('1/2', '2/2')}`);
  expect(patches.map(({ numbering }) => numbering?.index)).toEqual([1, 2]);
  expect(patches[1]!.source).toBe('test, message 2');
  expect(patches[0]!.changelog).toContain('From here on');
});

test('of mboxrd the escape is undone, and only of that', () => {
  const escaped = MAIL.replace('From here', '>From here');
  expect(read(escaped)[0]!.changelog).toContain('>From here');
  expect(read(escaped, true)[0]!.changelog).toContain('\nFrom here');
});

test('a cover letter has no files', () => {
  const text = MAIL.replace('1/2', '0/2').replace(DIFF, '');
  expect(one(text)).toMatchObject({ numbering: { index: 0 }, files: [], problems: [] });
});

test('encoded words and characters of other sets become text', () => {
  const subject = 'Subject: =?utf-8?q?KVM=3A_?=\n =?utf-8?b?w6TD?= =?utf-8?b?tg==?=';
  expect(one(MAIL.replace(/^Subject: .*$/m, subject)).subject).toBe('KVM: äö');
  const latin = MAIL.replace('looks', 'lo\xe4ks');
  expect(one(new Uint8Array(Buffer.from(latin, 'latin1'))).changelog).toContain('loäks');
});

test('a diff that a changelog shows is prose', () => {
  const shown = MAIL.replace('looks redundant.\n', `looks\n  ${DIFF.replaceAll('\n', '\n  ')}`);
  expect(one(shown).files).toHaveLength(1);
  const bare = MAIL.replace('looks redundant.\n', 'redundant:\n--- a/no\n+++ b/no\n');
  expect(one(bare).files.map(({ newPath }) => newPath)).toEqual([PATH]);
});

test('lines that look like headers of files belong to the hunk while its counts are open', () => {
  const text = '--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n--- a\n-b\n+++ c\n+d\n-- \n2.39\n';
  const [file, ...more] = one(text).files;
  expect(more).toEqual([]);
  expect(file!.hunks[0]!.lines.map(({ text: line }) => line)).toEqual(['-- a', 'b', '++ c', 'd']);
});

test('an empty line within a hunk is an empty line of the file', () => {
  const text = '--- a/x\n+++ b/x\n@@ -1,3 +1,2 @@\n a\n\n-b\n';
  expect(one(text).files[0]!.hunks[0]!.lines[1]).toMatchObject({ kind: 'context', text: '' });
});

test('git log -p and git show are read', () => {
  const log =
    'commit 0123456789012345678901234567890123456789 (HEAD)\nAuthor: A <a@example.org>\n' +
    `Date:   Sun\n\n    KVM: One\n\n    Why.\n\n    Fixes: 0123456789ab ("x")\n\n${DIFF}\n`;
  const patches = read(`${log}${log.replace('One', 'Two')}`);
  expect(patches.map(({ subject }) => subject)).toEqual(['KVM: One', 'KVM: Two']);
  expect(patches[0]).toMatchObject({ author: 'A <a@example.org>', changelog: 'Why.' });
  expect(patches[0]!.trailers).toHaveLength(1);
  expect(patches[1]!.files).toHaveLength(1);
});

test('renames, modes and binary files are listed', () => {
  const text =
    'diff --git a/x y.c b/x z.c\nsimilarity index 100%\nrename from x y.c\nrename to x z.c\n' +
    'diff --git a/run.sh b/run.sh\nold mode 100644\nnew mode 100755\n' +
    'diff --git a/i.png b/i.png\nindex 1234567..89abcde 100644\nGIT binary patch\nliteral 3\n' +
    'diff --git "a/\\303\\244.c" "b/\\303\\244.c"\ndeleted file mode 100644\n' +
    '--- "a/\\303\\244.c"\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n';
  const files = one(text).files.map(({ kind, oldPath, newPath, isBinary }) => [
    kind,
    oldPath,
    newPath,
    isBinary,
  ]);
  expect(files).toEqual([
    ['renamed', 'x y.c', 'x z.c', false],
    ['changed', 'run.sh', 'run.sh', false],
    ['changed', 'i.png', 'i.png', true],
    ['deleted', 'ä.c', null, false],
  ]);
});

test.each([
  ['', 'there is no diff in it'],
  ['hello\n', 'there is no diff in it'],
  ['\0\x01\x02', 'there is no diff in it'],
  [DIFF.slice(0, DIFF.indexOf(' \treturn old;')), `hunk 1 of ${PATH} ends before its header says`],
  ['diff --git a/x b/x\n--- a/x\n+++ b/x\n@@@ -1 -1 +1 @@@\n', 'a combined diff'],
  ['*** a\n--- b\n***************\n', 'a context diff'],
  [MAIL.replace('\n\n', '\nContent-Type: text/plain; format=flowed\n\n'), 'format=flowed'],
])('what is no patch, or half of one, is said to be that (%#)', (text, says) => {
  expect(one(text).problems.join('\n')).toContain(says);
});

test('more than any series has is refused', () => {
  const many = 'From a@b Thu Jan  1 00:00:00 1970\nSubject: x\n\n'.repeat(2_100);
  expect(() => read(many)).toThrow('more than 2000 messages');
});
