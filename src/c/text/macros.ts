// SPDX-License-Identifier: GPL-2.0-only
// What does C text become when its macros are replaced? As the C standard says: arguments are
// expanded first, a macro is not expanded inside itself, # and ## work on what was written.

import { within } from '../budgets.ts';
import { Refusal } from '../translation.ts';
import { type Hidden, NOTHING_HIDDEN } from './hidden.ts';
import { type Token, tokensOf } from './tokens.ts';

export interface Macro {
  readonly name: string;
  /** null for a macro without brackets. */
  readonly parameters: readonly string[] | null;
  /** The last parameter takes all arguments that are left. */
  readonly isVariadic: boolean;
  readonly body: readonly Token[];
  readonly file: string;
  readonly line: number;
}

/** Looks a macro up by name. */
export type MacroLookup = (name: string) => Macro | undefined;

/** Expands the tokens of one file, and counts what that costs. */
export class Expander {
  readonly #file: string;
  readonly #lookup: MacroLookup;
  #made = 0;

  constructor(file: string, lookup: MacroLookup) {
    this.#file = file;
    this.#lookup = lookup;
  }

  /** The tokens with all macros replaced. */
  expand(tokens: readonly Token[], depth = 0): Token[] {
    const waiting = tokens.toReversed();
    const done: Token[] = [];
    for (let token = waiting.pop(); token !== undefined; token = waiting.pop()) {
      within('expansionDepth', depth, this.#file, token.line);
      const macro = token.kind === 'name' ? this.#lookup(token.text) : undefined;
      if (macro === undefined || token.hidden.has(macro.name)) {
        done.push(token);
        continue;
      }
      const made = this.#replacement(token, macro, waiting, depth);
      if (made === null) {
        done.push(token);
        continue;
      }
      this.#made += made.length + 1;
      within('expandedTokens', this.#made, this.#file, token.line);
      for (let i = made.length - 1; i >= 0; i--) waiting.push(made[i]!);
    }
    return done;
  }

  /** What stands for one use of a macro; null if it is a name without its brackets. */
  #replacement(use: Token, macro: Macro, waiting: Token[], depth: number): Token[] | null {
    if (macro.parameters === null) {
      const hidden = use.hidden.with(macro.name);
      return this.#placed(this.#substituted(use, macro, new Map(), depth), use, hidden);
    }
    if (waiting.at(-1)?.text !== '(') return null;
    const { args, close } = this.#argumentsOf(use, macro, waiting);
    const hidden = use.hidden.common(close.hidden).with(macro.name);
    const made = this.#substituted(use, macro, args, depth);
    return this.#placed(made, use, hidden);
  }

  /** All made tokens stand where the macro was used. */
  #placed(made: readonly Token[], use: Token, hidden: Hidden): Token[] {
    return made.map((token, i) => ({
      ...token,
      line: use.line,
      isFirst: false,
      isApart: i === 0 ? use.isApart : token.isApart,
      hidden: token.hidden.union(hidden),
    }));
  }

  /** Takes the arguments of a call from what waits. */
  #argumentsOf(use: Token, macro: Macro, waiting: Token[]) {
    const parameters = macro.parameters!;
    const lists: Token[][] = [[]];
    let nesting = 0;
    let close: Token | undefined;
    waiting.pop();
    while (close === undefined) {
      const token = waiting.pop();
      if (token === undefined)
        throw new Refusal(this.#file, use.line, `the call of the macro ${use.text} does not end`);
      if (nesting === 0 && token.text === ')') close = token;
      else if (nesting === 0 && token.text === ',' && !this.#isRest(macro, lists.length))
        lists.push([]);
      else {
        if (token.text === '(') nesting++;
        if (token.text === ')') nesting--;
        lists.at(-1)!.push(token);
      }
    }
    const isBare = lists.length === 1 && lists[0]!.length === 0;
    if (isBare && parameters.length === 0) lists.pop();
    const missing = parameters.length - lists.length;
    if (missing === 1 && macro.isVariadic) lists.push(LEFT_OUT);
    else if (isBare && macro.isVariadic && parameters.length === 1) lists[0] = LEFT_OUT;
    if (lists.length !== parameters.length) {
      const wants = `wants ${parameters.length} arguments and has ${lists.length}`;
      throw new Refusal(this.#file, use.line, `the macro ${macro.name} ${wants}`);
    }
    return { args: new Map(parameters.map((name, i) => [name, lists[i]!])), close };
  }

  #isRest(macro: Macro, count: number): boolean {
    return macro.isVariadic && count >= macro.parameters!.length;
  }

  /** The body with its parameters replaced. */
  #substituted(
    use: Token,
    macro: Macro,
    args: ReadonlyMap<string, readonly Token[]>,
    depth: number,
  ): Token[] {
    const made: Token[] = [];
    const { body } = macro;
    const expanded = new Map<string, Token[]>();
    for (let i = 0; i < body.length; i++) {
      const token = body[i]!;
      const next = body[i + 1];
      const argument = args.get(token.text);
      if (token.text === '#' && macro.parameters !== null && args.has(next?.text ?? '')) {
        made.push(stringOf(args.get(next!.text)!, token));
        i++;
      } else if (token.text === '##' && i > 0 && next !== undefined) {
        this.#paste(made, next, args.get(next.text) ?? null, macro, use);
        i++;
      } else if (argument === undefined) {
        made.push(token);
      } else if (next?.text === '##') {
        // An empty argument beside ## leaves nothing, and what stands before must not be pasted.
        made.push(...(argument.length > 0 ? argument : [EMPTY]));
      } else {
        if (!expanded.has(token.text)) expanded.set(token.text, this.expand(argument, depth + 1));
        made.push(...spaced(expanded.get(token.text)!, token));
      }
      within('expandedTokens', this.#made + made.length, this.#file, use.line);
    }
    return made.filter((token) => token !== EMPTY);
  }

  /** Joins what was made last with the next token or argument. */
  #paste(
    made: Token[],
    next: Token,
    argument: readonly Token[] | null,
    macro: Macro,
    use: Token,
  ): void {
    const left = made.pop()!;
    const right = argument ?? [next];
    const isRest = argument !== null && macro.isVariadic && next.text === macro.parameters!.at(-1);
    if (left.text === ',' && isRest) {
      // As gcc does it: an empty argument keeps the comma, and only one that is left out drops it.
      if (right !== LEFT_OUT) made.push(left, ...right);
      return;
    }
    if (right.length === 0) {
      made.push(left);
      return;
    }
    if (left === EMPTY) {
      made.push(...right);
      return;
    }
    const [joined, ...more] = tokensOf(this.#file, left.text + right[0]!.text);
    if (joined === undefined || more.length > 0)
      throw new Refusal(
        this.#file,
        use.line,
        `the macro ${macro.name} pastes what is no single token`,
      );
    const both = left.hidden.common(right[0]!.hidden);
    made.push({ ...joined, isApart: left.isApart, hidden: both }, ...right.slice(1));
  }
}

/** The rest of the arguments where a call has none, not even an empty one. */
const LEFT_OUT: Token[] = [];

/** Stands for an empty argument beside ##. */
const EMPTY: Token = {
  kind: 'other',
  text: '',
  line: 0,
  isApart: false,
  isFirst: false,
  hidden: NOTHING_HIDDEN,
};

function spaced(tokens: readonly Token[], like: Token): Token[] {
  return tokens.map((token, i) => (i === 0 ? { ...token, isApart: like.isApart } : token));
}

/** The string that # makes of an argument. */
function stringOf(argument: readonly Token[], at: Token): Token {
  const text = argument
    .map((token, i) => {
      const inner = ['string', 'character'].includes(token.kind)
        ? token.text.replace(/[\\"]/g, '\\$&')
        : token.text;
      return (i > 0 && token.isApart ? ' ' : '') + inner;
    })
    .join('');
  return { ...at, kind: 'string', text: `"${text}"`, hidden: NOTHING_HIDDEN };
}
