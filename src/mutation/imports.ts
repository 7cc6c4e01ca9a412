// SPDX-License-Identifier: GPL-2.0-only
// How does new text call what its file does not import? By one more import on the line of the
// first one, so that all lines stay where they are.

import type { Edit } from './mutant.ts';
import type { PortFile } from './port.ts';

/** The edits that import `wanted`, names by module, except those that the file has already. */
export function importEdits(file: PortFile, wanted: Readonly<Record<string, string>>): Edit[] {
  const missing = Object.entries(wanted).filter(([name]) => !isImported(file.text, name));
  if (missing.length === 0) return [];
  const start = Math.max(0, file.text.search(/^import /m));
  const replacement = missing.map(([name, from]) => `import { ${name} } from '${from}'; `).join('');
  return [{ file: file.path, start, end: start, original: '', replacement }];
}

/** Was the edit made by importEdits()? */
export function isImportEdit({ original, replacement }: Edit): boolean {
  return original === '' && replacement.startsWith('import { ');
}

function isImported(text: string, name: string): boolean {
  return new RegExp(`^import \\{[^}]*\\b${name}\\b[^}]*\\} from `, 'm').test(text);
}
