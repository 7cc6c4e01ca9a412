// SPDX-License-Identifier: GPL-2.0-only
// What happens between the command line and the exit status? A command is found, its arguments are
// parsed, and every way of going wrong gets its sentence and its status.

import { parseArgs } from 'node:util';
import { UserError } from '#user-error';
import type { Command, ExitStatus, Invocation, Values } from './command.ts';
import { manualPage, overview, usage } from './help.ts';
import { helpText } from './help-command.ts';
import { findNamed } from './names.ts';
import { outputOf } from './output.ts';

/** A command is loaded when it is asked for: a page of help needs no parser of TypeScript. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import('./run.ts')).run,
  explore: async () => (await import('./explore.ts')).explore,
  check: async () => (await import('./check.ts')).check,
  mutate: async () => (await import('./mutate.ts')).mutate,
  replay: async () => (await import('./replay.ts')).replay,
  explain: async () => (await import('./explain.ts')).explain,
  gate: async () => (await import('./gate.ts')).gate,
  report: async () => (await import('./report.ts')).report,
  review: async () => (await import('./review.ts')).review,
  backport: async () => (await import('./backport.ts')).backport,
  list: async () => (await import('./list.ts')).list,
  conform: async () => (await import('./conform.ts')).conform,
};

/** A sentence is for reading: hostile input that it quotes is cut. */
const MESSAGE_MAX = 1000;

/** Runs the command line and sets the exit status of the process. */
export async function main(argv: readonly string[]): Promise<void> {
  // A reader such as `head` may have enough before we have printed all.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    process.stderr.write(`kvm-mutants: standard output cannot be written: ${error.message}\n`);
    process.exit(3);
  });
  const interruption = new AbortController();
  process.once('SIGINT', () => {
    interruption.abort();
    process.exitCode = 130;
  });
  try {
    const status = await dispatch(argv, interruption.signal);
    process.exitCode = forBisect(interruption.signal.aborted ? 130 : status, argv);
  } catch (error) {
    process.exitCode = forBisect(report(error, argv), argv);
  }
}

/** `git bisect run` takes every status but 0, 125 and those from 128 on for a bad revision. */
function forBisect(status: ExitStatus, argv: readonly string[]): ExitStatus {
  if (argv[0] !== 'check' || !argv.includes('--bisect')) return status;
  if (status === 3 || status === 4) return 125;
  return status === 2 || status === 130 ? 128 : status;
}

async function dispatch(argv: readonly string[], signal: AbortSignal): Promise<ExitStatus> {
  const [name, ...rest] = argv;
  if (name === undefined || name === '-h' || name === '--help') {
    process.stdout.write(overview(await all()));
    return name === undefined ? 2 : 0;
  }
  if (name === 'help') {
    process.stdout.write(await helpText(rest, { all, named }));
    return 0;
  }
  const command = await named(name);
  const { values, positionals } = parse(command, rest);
  const { help, h, directory, output: file, quiet } = values;
  if (help === true || h === true) {
    process.stdout.write(help === true ? manualPage(command) : usage(command));
    return 0;
  }
  checkCount(command, positionals);
  enter(directory);
  const output = outputOf(file as string | undefined, quiet === true);
  const invocation: Invocation = { values, args: positionals, output, signal };
  const status = await command.run(invocation);
  output.close();
  return status;
}

function named(name: string): Promise<Command> {
  return findNamed('command', name, Object.entries(COMMANDS), ([known]) => known)[1]();
}

function all(): Promise<readonly Command[]> {
  return Promise.all(Object.values(COMMANDS).map((load) => load()));
}

function parse(
  command: Command,
  args: readonly string[],
): { values: Values; positionals: readonly string[] } {
  const options = Object.fromEntries(
    Object.entries(command.options).map(([long, { type, short }]) => [
      long,
      short === undefined ? { type } : { type, short },
    ]),
  );
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
      strict: true,
    });
    return { values: values as Values, positionals };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code?.startsWith('ERR_PARSE_ARGS') !== true) throw error;
    const [sentence = ''] = message.split(/\.\s/);
    throw new UserError(`${sentence.replace(/\.$/, '')}; see kvm-mutants ${command.name} -h`);
  }
}

function checkCount({ name, args: [least, most], synopsis }: Command, args: readonly string[]) {
  if (args.length >= least && args.length <= most) return;
  throw new UserError(`usage: kvm-mutants ${name} ${synopsis}`.trimEnd());
}

function enter(directory: string | boolean | undefined): void {
  if (typeof directory !== 'string') return;
  try {
    process.chdir(directory);
  } catch {
    throw new UserError(`-C ${directory}: there is no such folder`);
  }
}

function report(error: unknown, argv: readonly string[]): ExitStatus {
  if (error instanceof UserError) {
    const { message, exitCode } = error;
    const cut = message.length > MESSAGE_MAX ? `${message.slice(0, MESSAGE_MAX)}...` : message;
    process.stderr.write(`kvm-mutants: ${cut.replace(/[^\x20-\x7e]/g, '?')}\n`);
    return exitCode;
  }
  const { name, stack, message } = error instanceof Error ? error : new Error(String(error));
  if (name === 'MutationError') {
    process.stderr.write(`kvm-mutants: a mutant could not be placed: ${message}\n`);
    return 3;
  }
  process.stderr.write(
    `kvm-mutants: this is a bug of kvm-mutants, and no verdict\n${stack}\n` +
      `to see it again: kvm-mutants ${argv.join(' ')}\n`,
  );
  return 3;
}
