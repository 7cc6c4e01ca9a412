// SPDX-License-Identifier: GPL-2.0-only
// Do man(1) and a shell get what --help says?

import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import type { Command } from './command.ts';
import { completion } from './completion.ts';
import { explain } from './explain.ts';
import { manualPage } from './help.ts';
import { helpText } from './help-command.ts';
import { list } from './list.ts';
import { roffPage } from './man.ts';
import { review } from './review.ts';

const COMMANDS: readonly Command[] = [explain, list, review];
const commands = {
  all: () => Promise.resolve(COMMANDS),
  named: (name: string) => Promise.resolve(COMMANDS.find((one) => one.name === name)!),
};

test('a page for man(1) has the words of the page of --help', async () => {
  const words = (text: string) => text.match(/[\w<>.:]+/g)!.join(' ');
  const plain = roffPage(review)
    .replace(/^\.(TH|PP|TP|nf|fi).*$/gm, '')
    .replace(/^\.SH /gm, '')
    .replace(/\\f[BR]|\\&/g, '')
    .replaceAll('\\e', '\\')
    .replaceAll('\\-', '-')
    .replace('kvm-mutants-review', 'kvm-mutants review');
  expect(words(plain)).toBe(words(manualPage(review)));
  expect(await helpText(['--man', 'review'], commands)).toBe(roffPage(review));
});

test('bash completes commands and options', () => {
  const script = completion('bash', COMMANDS);
  const ask = (...typed: string[]) => {
    const asked = 'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _kvm_mutants';
    const line = `${script}\n${asked}; echo "\${COMPREPLY[@]}"`;
    const { stdout } = spawnSync('bash', ['-c', line, 'bash', 'kvm-mutants', ...typed], {
      encoding: 'utf8',
    });
    return stdout.trim();
  };
  expect(ask('re')).toBe('review');
  expect(ask('review', '--te')).toBe('--terse');
  expect(ask('explain', '--te')).toBe('');
  expect(ask('help', 'li')).toBe('list');
  // Files are left to the shell.
  expect(ask('review', 'x')).toBe('');
});

test('zsh and fish get the same options', () => {
  expect(completion('zsh', COMMANDS)).toContain('bashcompinit');
  const fish = completion('fish', COMMANDS);
  for (const option of Object.keys(review.options).filter((name) => name.length > 1)) {
    expect(fish).toContain(`__fish_seen_subcommand_from review' -l ${option} `);
  }
});

test.each([[['--man']], [['--completion']], [['--completion', 'csh']], [['a', 'b']], [['-x']]])(
  'help %j is wrong usage',
  async (args) => {
    await expect(helpText(args, commands)).rejects.toThrow(/usage|shell/);
  },
);
