// SPDX-License-Identifier: GPL-2.0-only
// Which texts have broken reports before? Ends of sections and elements, escapes of terminals, what
// reverses the direction of reading, lines that look like results. For tests of every format.

import * as fc from 'fast-check';

export const HOSTILE: readonly string[] = [
  ']]>',
  ']]]]><![CDATA[>',
  '</script><script>alert(1)</script>',
  '<!-- <script> -->',
  '<img src=x onerror=alert(1)>',
  '"\' onmouseover="alert(1)',
  '\x1b[31mred\x1b[0m\x1b]0;title\x07',
  '\x00\x01\x08\x0b\x0c\x0e\x1f\x7f\x80\x9b2J\x9f',
  '\u202e gnp.exe \u2066\u2069 \u200b\ufeff\u061c',
  '\ud800 lone \udc00',
  '\ufffe\uffff\u2028\u2029',
  '| a | b |\n|---|---|',
  '``` \n# title\n``',
  '[link](javascript:alert(1)) ![image](http://example.org/x.png) @everyone #1',
  'ok 1 fine\nnot ok 2 wrong\n1..7\nKTAP version 1\n# Subtest: x # SKIP all',
  'a\r\nb\tc\r',
  '&amp;&#0;&lt;',
  'constructor __proto__ %s $& \u{e0041} \xad',
  '',
  ' ',
];

/** Any text, with what is dangerous more often than chance would have it. */
export const anyText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(...HOSTILE),
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.constantFrom('<', '>', ']', '`', '|', '#', '\n', '\r', '\\', '&', '\x1b', '\ud834'),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));
