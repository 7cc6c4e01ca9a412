// SPDX-License-Identifier: GPL-2.0-only
// What is a command? A manual page and a function from parsed arguments to an exit status.

import type { Output } from './output.ts';

/**
 * 0 clean; 1 violation; 2 usage; 3 could not analyse; 4 all skipped; 130 interrupted. For git
 * bisect run: 125 cannot test, 128 stop.
 */
export type ExitStatus = 0 | 1 | 2 | 3 | 4 | 125 | 128 | 130;

export interface Option {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** What stands for the value, such as `N`; absent for a switch. */
  readonly value?: string;
  readonly help: string;
}

/** What the user gave: names without dashes. A switch is present only if it was given. */
export type Values = Readonly<Record<string, string | boolean | undefined>>;

export interface Invocation {
  readonly values: Values;
  readonly args: readonly string[];
  readonly output: Output;
  /** Aborted by SIGINT. */
  readonly signal: AbortSignal;
}

export interface Command {
  readonly name: string;
  /** One line, as after the dash of a manual page's NAME. */
  readonly summary: string;
  /** What follows the command's name in SYNOPSIS. */
  readonly synopsis: string;
  /** Paragraphs. */
  readonly description: readonly string[];
  readonly options: Readonly<Record<string, Option>>;
  readonly exits: readonly (readonly [status: string, meaning: string])[];
  readonly examples: readonly string[];
  /** How many arguments there may be. */
  readonly args: readonly [least: number, most: number];
  readonly run: (invocation: Invocation) => Promise<ExitStatus>;
}
