// SPDX-License-Identifier: GPL-2.0-only
// What does the user read when something is theirs to mend? One sentence and an exit status, no
// stack.

/** 2: the command was used wrongly. 3: the input cannot be analysed. */
export class UserError extends Error {
  override readonly name = 'UserError';
  readonly exitCode: 2 | 3;

  constructor(message: string, exitCode: 2 | 3 = 2) {
    super(message);
    this.exitCode = exitCode;
  }
}
