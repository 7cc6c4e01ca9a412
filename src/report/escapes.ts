// SPDX-License-Identifier: GPL-2.0-only
// How does a text that may be hostile get into a format? One function for each place of a format;
// what none of them may let through is a byte that a terminal or a viewer obeys.

/**
 * What a reader does not see, or what changes how the rest is seen, and what XML forbids: control
 * and format characters, halves of surrogate pairs, separators. Tab and line end are not.
 */
const INVISIBLE = /(?![\t\n])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\ufffe\uffff]/gu;

/** Control bytes, bidirectional overrides and the like are spelled, such as `\x1b`. */
export function visible(text: string): string {
  return text.replace(INVISIBLE, (character) => {
    const digits = character.codePointAt(0)!.toString(16);
    if (digits.length > 4) return `\\u{${digits}}`;
    return digits.length <= 2 ? `\\x${digits.padStart(2, '0')}` : `\\u${digits.padStart(4, '0')}`;
  });
}

/** One line: line ends, tabs and runs of spaces become one space each. */
export function oneLine(text: string): string {
  return visible(text).replace(/\s+/g, ' ').trim();
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text or attribute of HTML or XML. `>` is escaped too, so `]]>` cannot arise. */
export function markupText(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

/** An attribute of XML, where a line end would be read as a space. */
export function markupAttribute(text: string): string {
  return markupText(text).replace(/[\t\n]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** JSON inside a script element: no `<`, so that nothing can end or begin an element. */
export function scriptJson(json: string): string {
  return json
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

/**
 * A program inside a script element. It means the same if both texts stand in literals only, as in
 * what minifiers write; a test holds that of the one program that is shipped.
 */
export function scriptCode(code: string): string {
  return code.replace(/<\/(?=script)/gi, '<\\/').replaceAll('<!--', '<\\!--');
}

/** Text of a Markdown paragraph or of a cell of a table: no markup, no HTML, no new line. */
export function markdownText(text: string): string {
  return oneLine(text)
    .replace(/[\\`*{}[\]#!|~$]|(?<![a-z\d])_|_(?![a-z\d])/gi, (character) => `\\${character}`)
    .replace(/[&<>]/g, (character) => ENTITIES[character]!);
}

/** A code span, in a paragraph or in a cell of a table. */
export function markdownCode(text: string): string {
  const line = oneLine(text).replaceAll('|', '\\|');
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return longest === 0 ? `\`${line}\`` : `${fence} ${line} ${fence}`;
}

/** A block of code with a fence that the text does not have. */
export function markdownBlock(text: string): string {
  const lines = visible(text).trimEnd();
  const longest = Math.max(2, ...[...lines.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${lines}\n${fence}`;
}

/** A description or the data of a directive of KTAP: all but `#` and the line end. */
export function ktapText(text: string): string {
  return oneLine(text).replaceAll('#', '');
}

/** Diagnostic lines of KTAP. */
export function ktapDiagnostics(text: string): string[] {
  return visible(text)
    .trimEnd()
    .split('\n')
    .map((line) => `# ${line}`.trimEnd());
}
