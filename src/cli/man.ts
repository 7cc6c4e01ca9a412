// SPDX-License-Identifier: GPL-2.0-only
// What does man(1) show? The manual page of --help in the language of roff.

import { TOOL } from '../report/schema.ts';
import type { Command } from './command.ts';
import { spelledOption } from './help.ts';

/** The page as roff, with the macros of man(7). */
export function roffPage(command: Command): string {
  const { name, summary, synopsis, description, options, exits, examples } = command;
  const title = `KVM-MUTANTS-${name.toUpperCase()}`;
  return [
    `.TH ${title} 1 "" "${TOOL.name} ${TOOL.version}" "KVM mutants"`,
    '.SH NAME',
    text(`kvm-mutants-${name} - ${summary}`),
    '.SH SYNOPSIS',
    `\\fBkvm-mutants ${name}\\fR ${text(synopsis)}`.trimEnd(),
    '.SH DESCRIPTION',
    ...description.flatMap((paragraph) => ['.PP', text(paragraph)]),
    '.SH OPTIONS',
    ...Object.entries(options).flatMap(([long, option]) =>
      term(spelledOption(long, option), option.help),
    ),
    '.SH EXIT STATUS',
    ...exits.flatMap(([status, meaning]) => term(status, meaning)),
    '.SH EXAMPLES',
    ...examples.flatMap((example) => ['.PP', '.nf', text(example), '.fi']),
    '',
  ].join('\n');
}

function term(head: string, help: string): string[] {
  return ['.TP', `\\fB${text(head)}\\fR`, text(help)];
}

/** A backslash and a dash mean something; so does a dot or a quote that begins a line. */
function text(words: string): string {
  const plain = words.replaceAll('\\', '\\e').replaceAll('-', '\\-');
  return /^[.']/.test(plain) ? `\\&${plain}` : plain;
}
