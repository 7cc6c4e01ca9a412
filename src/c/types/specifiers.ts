// SPDX-License-Identifier: GPL-2.0-only
// Which integer type do the words of a specifier name? `long unsigned int` is `unsigned long`.

import { BOOL, INT, type IntType, LONG, S8, S16, U8, U16, UINT, ULONG } from './types.ts';

/** Names that tree-sitter takes for types without a typedef. */
const NAMED = new Map<string, IntType>([
  ['bool', BOOL],
  ['size_t', ULONG],
  ['ssize_t', LONG],
  ['ptrdiff_t', LONG],
  ['intptr_t', LONG],
  ['uintptr_t', ULONG],
  ['int8_t', S8],
  ['int16_t', S16],
  ['int32_t', INT],
  ['int64_t', LONG],
  ['uint8_t', U8],
  ['uint16_t', U16],
  ['uint32_t', UINT],
  ['uint64_t', ULONG],
]);

/** The type that these words name together; null if they name none that is known. */
export function specifiedInt(words: readonly string[]): IntType | null {
  const [only] = words;
  if (words.length === 1 && NAMED.has(only!)) return NAMED.get(only!)!;
  const count = (word: string) => words.filter((other) => other === word).length;
  const known = ['unsigned', 'signed', 'long', 'short', 'int', 'char'];
  if (!words.every((word) => known.includes(word))) return null;
  const isUnsigned = count('unsigned') > 0;
  if (isUnsigned && count('signed') > 0) return null;
  if (count('char') > 0) return count('long') + count('short') + count('int') > 0 ? null : char();
  if (count('short') > 0) return count('long') > 0 ? null : isUnsigned ? U16 : S16;
  if (count('long') > 0) return isUnsigned ? ULONG : LONG;
  return isUnsigned ? UINT : INT;

  function char(): IntType {
    return isUnsigned ? U8 : S8;
  }
}
