// SPDX-License-Identifier: GPL-2.0-only
// What does a user read who asks for help? Manual pages made from the same values that the
// arguments are parsed by, so that no page can promise what the command does not know.

import { wrapText } from '../report/texts.ts';
import type { Command, Option } from './command.ts';

const WIDTH = 80;
const INDENT = '       ';

/** The manual page of a command. */
export function manualPage(command: Command): string {
  const { name, summary, synopsis, description, options, exits, examples } = command;
  return [
    'NAME',
    ...indented(`kvm-mutants ${name} - ${summary}`),
    '',
    'SYNOPSIS',
    ...indented(`kvm-mutants ${name} ${synopsis}`.trimEnd()),
    '',
    'DESCRIPTION',
    ...description.flatMap((paragraph, i) => [...(i === 0 ? [] : ['']), ...indented(paragraph)]),
    '',
    'OPTIONS',
    ...Object.entries(options).flatMap(([long, option]) => optionLines(long, option)),
    '',
    'EXIT STATUS',
    ...exits.flatMap(([status, meaning]) => term(status, meaning)),
    '',
    'EXAMPLES',
    ...examples.map((example) => `${INDENT}${example}`),
    '',
  ].join('\n');
}

/** The usage in a few lines. */
export function usage(command: Command): string {
  const names = Object.entries(command.options).map(([long, option]) =>
    spelledOption(long, option),
  );
  return [
    `usage: kvm-mutants ${command.name} ${command.synopsis}`.trimEnd(),
    `${command.summary}`,
    ...wrapText(`options: ${names.join(', ')}`, WIDTH),
    `kvm-mutants ${command.name} --help explains them`,
    '',
  ].join('\n');
}

/** What `kvm-mutants help` prints. */
export function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    'usage: kvm-mutants <command> [options] [--] [args]',
    '',
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'kvm-mutants <command> --help and kvm-mutants help <command> print a manual page,',
    'help --man <command> one for man(1), help --completion bash|zsh|fish words for a shell.',
    'Nothing here uses the network, but for the packages that conform asks of apt.',
    '',
  ].join('\n');
}

function indented(text: string): string[] {
  return wrapText(text, WIDTH - INDENT.length).map((line) => `${INDENT}${line}`);
}

function term(head: string, text: string): string[] {
  const [first = '', ...rest] = wrapText(text, WIDTH - INDENT.length - 8);
  return [`${INDENT}${head.padEnd(8)}${first}`, ...rest.map((line) => `${INDENT}        ${line}`)];
}

function optionLines(long: string, option: Option): string[] {
  return [
    `${INDENT}${spelledOption(long, option)}`,
    ...wrapText(option.help, WIDTH - INDENT.length - 8).map((line) => `${INDENT}        ${line}`),
  ];
}

/** An option as a manual page names it. */
export function spelledOption(long: string, { short, value }: Option): string {
  const after = value === undefined ? '' : ` ${value}`;
  if (long.length === 1) return `-${long}${after}`;
  return `${short === undefined ? '' : `-${short}${after}, `}--${long}${after}`;
}
