// SPDX-License-Identifier: GPL-2.0-only
// Which path does a diff name, and may it be looked at? Paths are taken from the text only here,
// and none that could lead out of a tree passes.

/** Why a path must not be opened below a tree; null if it may. */
export function pathProblem(path: string): string | null {
  if (path === '') return 'is empty';
  if (path.includes('\0')) return 'has a NUL byte in it';
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path) || path.includes('\\')) {
    return 'is not relative to the tree';
  }
  const parts = path.split('/');
  if (parts.includes('..')) return 'leads out of the tree';
  if (parts.some((part) => part === '' || part === '.')) return 'has an empty part';
  if (parts.some((part) => part.toLowerCase() === '.git')) return "is one of git's own files";
  return null;
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  t: '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  '"': '"',
  '\\': '\\',
};

/**
 * The name at the start of a text, in which each character is a byte: in the quotes of C if it
 * begins with one, else up to a tab or the end. Null if the quotes do not end.
 */
export function nameAt(text: string): { readonly name: string; readonly length: number } | null {
  if (!text.startsWith('"')) {
    const end = text.indexOf('\t');
    const name = end < 0 ? text : text.slice(0, end);
    return { name, length: name.length };
  }
  const quoted = /^"(?:[^"\\]|\\.)*"/.exec(text)?.[0];
  if (quoted === undefined) return null;
  const name = quoted
    .slice(1, -1)
    .replace(/\\([0-7]{3}|.)/g, (_, code: string) =>
      code.length === 3
        ? String.fromCharCode(Number.parseInt(code, 8) & 0xff)
        : (ESCAPES[code] ?? code),
    );
  return { name, length: quoted.length };
}

/**
 * The two names behind `diff --git `, still with their prefixes. Without quotes they can be told
 * apart only if they are the same behind the first slash; null if not: then the lines that follow
 * name them.
 */
export function namesOfGitLine(rest: string): readonly [string, string] | null {
  if (rest.startsWith('"') || rest.endsWith('"')) return quotedNames(rest);
  const middle = (rest.length - 1) / 2;
  if (Number.isInteger(middle) && rest[middle] === ' ') {
    const [one, other] = [rest.slice(0, middle), rest.slice(middle + 1)];
    if (one === other || withoutFirst(one) === withoutFirst(other)) return [one, other];
  }
  // Prefixes of unlike length: the only space, if there is only one.
  const [one, other, more] = rest.split(' ');
  return one !== undefined && other !== undefined && more === undefined ? [one, other] : null;
}

function quotedNames(rest: string): readonly [string, string] | null {
  if (rest.startsWith('"')) {
    const first = nameAt(rest);
    const second = first === null ? null : nameAt(rest.slice(first.length + 1));
    return first === null || second === null ? null : [first.name, second.name];
  }
  const space = rest.indexOf(' "');
  const second = space < 0 ? null : nameAt(rest.slice(space + 1));
  return second === null ? null : [rest.slice(0, space), second.name];
}

function withoutFirst(path: string): string {
  return path.slice(path.indexOf('/') + 1);
}

/**
 * The paths in the tree of a pair of names. Names that are equal have no prefixes, as with git's
 * --no-prefix; else the first folder goes, as with `patch -p1`.
 */
export function treePaths(
  oldName: string | null,
  newName: string | null,
): readonly [oldPath: string | null, newPath: string | null] {
  const names = [oldName, newName].map((name) => (name === '/dev/null' ? null : name));
  const [one = null, other = null] = names;
  const isBare = one !== null && one === other && !one.startsWith('a/');
  const strip = (name: string | null) =>
    name === null || isBare || name.startsWith('/') ? name : withoutFirst(name);
  return [strip(one), strip(other)];
}
