// SPDX-License-Identifier: GPL-2.0-only
// Does the README show what really happens? Every console block of it is run and compared.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const root = new URL('../', import.meta.url);
const readme = readFileSync(new URL('README.md', root), 'utf8');
const PREFIX = 'npm run -s kvm-mutants -- ';

interface Block {
  readonly command: string;
  readonly output: string;
}

const blocks = [...readme.matchAll(/```console\n\$ (.*)\n([\s\S]*?)\n```/g)].map(
  ([, command = '', output = '']): Block => ({ command, output }),
);

test('the README shows at least one command with its output', () => {
  expect(blocks.length).toBeGreaterThan(0);
});

for (const { command, output } of blocks) {
  test(`the README's command prints what it shows: ${command}`, () => {
    expect(command.startsWith(PREFIX)).toBe(true);
    const args = command.slice(PREFIX.length).split(' ');
    const run = spawnSync(process.execPath, ['src/cli/kvm-mutants.js', ...args], {
      cwd: root,
      encoding: 'utf8',
    });
    // The last part of a schedule is a hash of the sources, which every change of them changes.
    const hashless = (text: string) => text.replaceAll(/@[0-9a-f]{8}$/gm, '@hash');
    expect(hashless(run.stdout.trimEnd())).toBe(hashless(output));
  });
}
