// SPDX-License-Identifier: GPL-2.0-only
// Which words may follow on a command line? Scripts for shells, made from the values that arguments
// are parsed by.

import type { Command } from './command.ts';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** A script that a shell reads: `source <(kvm-mutants help --completion bash)`. */
export function completion(shell: Shell, commands: readonly Command[]): string {
  if (shell === 'fish') return fish(commands);
  return shell === 'zsh'
    ? `autoload -U bashcompinit && bashcompinit\n${bash(commands)}`
    : bash(commands);
}

function bash(commands: readonly Command[]): string {
  const names = [...commands.map(({ name }) => name), 'help'].join(' ');
  return [
    '_kvm_mutants() {',
    `  local current="\${COMP_WORDS[COMP_CWORD]}" words=""`,
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    words="${names}"`,
    '  else',
    `    case "\${COMP_WORDS[1]}" in`,
    ...commands.map((command) => `      ${command.name}) words="${flags(command).join(' ')}" ;;`),
    `      help) words="--man --completion ${names}" ;;`,
    '    esac',
    `    case "$current" in -*) ;; *) [ "\${COMP_WORDS[1]}" = help ] || words="" ;; esac`,
    '  fi',
    '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
    '}',
    'complete -o default -F _kvm_mutants kvm-mutants',
    '',
  ].join('\n');
}

/** Options as they are typed; one letter is enough for those that have no long name. */
function flags({ options }: Command): string[] {
  return Object.keys(options).map((long) => (long.length === 1 ? `-${long}` : `--${long}`));
}

function fish(commands: readonly Command[]): string {
  const quoted = (words: string) => `'${words.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  return [
    ...commands.map(
      ({ name, summary }) =>
        `complete -c kvm-mutants -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`,
    ),
    ...commands.flatMap(({ name, options }) =>
      Object.entries(options).map(([long, { help }]) => {
        const flag = long.length === 1 ? `-s ${long}` : `-l ${long}`;
        const when = `-n '__fish_seen_subcommand_from ${name}'`;
        return `complete -c kvm-mutants ${when} ${flag} -d ${quoted(help.split('\n')[0]!)}`;
      }),
    ),
    '',
  ].join('\n');
}
