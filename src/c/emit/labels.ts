// SPDX-License-Identifier: GPL-2.0-only
// Where may a goto go? Forward, to a label in a list of statements around it. A backward goto is
// refused by name.

import { type Ast, needed, refuse } from '../text/ast.ts';
import type { Body } from './body.ts';
import type { Code } from './emit.ts';

export class Labels {
  /** Labels that are ahead, by name. */
  readonly #ahead = new Map<string, Code>();
  readonly #passed = new Set<string>();

  /** Makes the labels of a list of statements known while it is translated; their names. */
  opened(body: Body, nodes: readonly Ast[]): string[] {
    const names: string[] = [];
    for (const node of nodes) {
      let current: Ast | undefined = node;
      while (current?.kind === 'labeled_statement') {
        const name = needed(current, 'label').text;
        if (this.#ahead.has(name) || this.#passed.has(name))
          refuse(current, `the label ${name} stands twice in the function`);
        this.#ahead.set(name, body.newLabel());
        names.push(name);
        current = current.children.find(({ kind }) => kind === 'labeled_statement');
      }
    }
    return names;
  }

  /** The label is reached: a goto to it from here on would go backward. */
  reached(label: Ast): Code {
    const code = this.#ahead.get(label.text);
    if (code === undefined) return refuse(label, `the label ${label.text} cannot be placed`);
    this.#ahead.delete(label.text);
    this.#passed.add(label.text);
    return code;
  }

  /** What a goto leaves. */
  target(label: Ast): Code {
    const code = this.#ahead.get(label.text);
    if (code !== undefined) return code;
    if (this.#passed.has(label.text))
      return refuse(label, `the goto goes backward to ${label.text}`);
    return refuse(label, `the goto goes to ${label.text}, which is not ahead in a block around it`);
  }

  close(names: readonly string[]): void {
    for (const name of names) this.#ahead.delete(name);
  }
}
