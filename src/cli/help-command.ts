// SPDX-License-Identifier: GPL-2.0-only
// `help`: pages for people, for man(1), and words for a shell. All are made from the values that
// arguments are parsed by.

import { UserError } from '#user-error';
import type { Command } from './command.ts';
import { completion, SHELLS } from './completion.ts';
import { manualPage, overview } from './help.ts';
import { roffPage } from './man.ts';
import { findNamed } from './names.ts';

export interface Commands {
  readonly all: () => Promise<readonly Command[]>;
  readonly named: (name: string) => Promise<Command>;
}

/** What `kvm-mutants help ARGS` prints. Throws a UserError for arguments that it does not know. */
export async function helpText(args: readonly string[], commands: Commands): Promise<string> {
  const [first, second, more] = args;
  if (more !== undefined) throw new UserError('usage: kvm-mutants help [--man] [COMMAND]');
  if (first === undefined) return overview(await commands.all());
  if (first === '--completion') {
    const shell = findNamed('shell', second ?? '', SHELLS, (name) => name);
    return completion(shell, await commands.all());
  }
  if (first === '--man') {
    if (second === undefined) throw new UserError('usage: kvm-mutants help --man COMMAND');
    return roffPage(await commands.named(second));
  }
  if (first.startsWith('-') || second !== undefined) {
    throw new UserError('usage: kvm-mutants help [--man] [COMMAND], or --completion SHELL');
  }
  return manualPage(await commands.named(first));
}
