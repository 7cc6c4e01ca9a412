// SPDX-License-Identifier: GPL-2.0-only
// Is emitted text what it must be? A second pass that shares nothing with the emitter: it splits
// the text into tokens and knows all that may occur. Anything else, a quote, a backtick, a name, a
// member, is an error of ours and nothing is evaluated.

const KEYWORDS = new Set(
  `function const let if else for while do switch case default break continue return true false
  undefined`.split(/\s+/),
);
/** The parameters of the whole: machine, helpers, wraps, conversions, the frame. */
const PARAMETERS = new Set(['m', 'h', 'U', 'S', 'I', 'B', 'N', 'p']);
const MANGLED = /^[fltb](0|[1-9][0-9]*)$/;
const MEMBERS: Readonly<Record<'m' | 'h', ReadonlySet<string>>> = {
  m: new Set(
    `f i lds8 ldu8 lds16 ldu16 lds32 ldu32 lds64 ldu64 ldp st8 st16 st32 st64 stp copy zero xchg
    cmpxchg fence warn bug fault reach tick enter leave at`.split(/\s+/),
  ),
  h: new Set('ds du rs ru db rb sh ix pt un lg ns'.split(' ')),
};
const TOGETHER = new Set(['//', '/*', '=>', '**', '?.', '??', '--', '++', '=/']);
const TOKEN = new RegExp(
  String.raw`([A-Za-z_$][\w$]*)|(0n?|[1-9][0-9]*n?)|` +
    String.raw`(===|!==|<=|>=|&&|\|\||>>>|<<|>>|[-+*/%&^|~!<>=?:;,(){}.[\]])`,
  'y',
);

/** Throws if a text is not made of known tokens in known places. */
export function verify(text: string): void {
  const token = new RegExp(TOKEN);
  let before = '';
  let beforeThat = '';
  let at = 0;
  while (at < text.length) {
    if (text[at] === ' ') {
      at++;
      continue;
    }
    token.lastIndex = at;
    const found = token.exec(text);
    if (found === null) throw wrong(text, at);
    const [whole, name, number] = found;
    if (name !== undefined && !isAllowed(name, before, beforeThat)) throw wrong(text, at);
    // A number followed by a name, or by a dot, would be another token for JavaScript.
    if (number !== undefined && /[\w.$]/.test(text[at + whole.length] ?? ' '))
      throw wrong(text, at);
    if (whole === '[' && !(beforeThat === '.' && (before === 'f' || before === 'i')))
      throw wrong(text, at);
    if (before === '.' && name === undefined) throw wrong(text, at);
    // Tokens that JavaScript would read together: comments, arrows, powers, `?.`, `--`.
    if (TOGETHER.has(text.slice(at, at + 2))) throw wrong(text, at);
    beforeThat = before;
    before = whole;
    at += whole.length;
  }
}

/** True if a name may stand here. */
function isAllowed(name: string, before: string, beforeThat: string): boolean {
  if (before === '.')
    return (beforeThat === 'm' || beforeThat === 'h') && MEMBERS[beforeThat].has(name);
  return KEYWORDS.has(name) || PARAMETERS.has(name) || MANGLED.test(name);
}

function wrong(text: string, at: number): Error {
  const near = JSON.stringify(text.slice(Math.max(0, at - 30), at + 30));
  return new Error(`defect: emitted text is not of its own making near ${near}`);
}
