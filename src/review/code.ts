// SPDX-License-Identifier: GPL-2.0-only
// What do lines of C say, comments and white space apart? Shapes and rules compare the text that
// is left, in which one statement has one spelling.

/** Lines without comments. A comment that begins before the first line is known by its stars. */
export function withoutComments(lines: readonly string[]): string[] {
  let isInside = false;
  return lines.map((line) => {
    let rest = line;
    let code = '';
    if (!isInside && /^\s*\*(\s|\/|$)/.test(rest)) {
      const end = rest.indexOf('*/');
      rest = end < 0 ? '' : rest.slice(end + 2);
    }
    while (rest !== '') {
      if (isInside) {
        const end = rest.indexOf('*/');
        if (end < 0) break;
        rest = rest.slice(end + 2);
        isInside = false;
      } else {
        const start = rest.search(/\/[*/]/);
        if (start < 0) {
          code += rest;
          break;
        }
        code += rest.slice(0, start);
        if (rest[start + 1] === '/') break;
        rest = rest.slice(start + 2);
        isInside = true;
      }
    }
    return code;
  });
}

/** Lines as one text with one spelling: spaces only where they part two words. */
export function codeOf(lines: readonly string[]): string {
  return withoutComments(lines)
    .join(' ')
    .replace(/"[^"]*"/g, '""')
    .replace(/\s+/g, ' ')
    .replace(/ (?=\W)|(?<=\W) /g, '')
    .trim();
}

/** Words, numbers and signs of a text of code. */
export function tokensOf(code: string): string[] {
  return code.match(/[A-Za-z_]\w*|\d\w*|->|<<=?|>>=?|[-+|&=!<>*/%^]=|\+\+|--|&&|\|\||\S/g) ?? [];
}

export function countOf(code: string, pattern: RegExp): number {
  return [...code.matchAll(new RegExp(pattern.source, 'g'))].length;
}
