// SPDX-License-Identifier: GPL-2.0-only
// Can a text leave the place of a format that it was put into? Any text is tried, and those that
// once did harm elsewhere.

import { runInNewContext } from 'node:vm';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ktapDiagnostics,
  ktapText,
  markdownBlock,
  markdownCode,
  markdownText,
  markupAttribute,
  markupText,
  oneLine,
  scriptCode,
  scriptJson,
  visible,
} from './escapes.ts';
import { anyText, HOSTILE } from './hostile-texts.ts';

function holds(claim: (text: string) => void): void {
  HOSTILE.forEach(claim);
  const property = fc.property(anyText, (text) => {
    claim(text);
  });
  fc.assert(property, { seed: 1, numRuns: 500 });
}

describe('any text', () => {
  test('made visible has no byte that a terminal or a viewer obeys', () => {
    holds((text) => expect(visible(text)).not.toMatch(/[^\P{C}\n\t\p{Cn}\p{Co}]|[\u2028\u2029]/u));
  });

  test('as one line has no line end', () => {
    holds((text) => expect(oneLine(text)).not.toMatch(/[\n\t\r]/));
  });

  test('in markup opens no element, ends no quote and no section', () => {
    holds((text) => expect(markupText(text)).not.toMatch(/[<>"']|&(?!(amp|lt|gt|quot|#39);)/));
    holds((text) => expect(markupAttribute(text)).not.toMatch(/[<>"'\n\t]/));
  });

  test('of printable characters comes back from markup as it was', () => {
    const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
    const read = (markup: string) => markup.replace(/&([^;]+);/g, (_, name) => entities[name]!);
    holds((text) => expect(read(markupText(text))).toBe(visible(text)));
  });

  test('in JSON in a script ends no script and reads as before', () => {
    holds((text) => {
      const json = scriptJson(JSON.stringify({ text }));
      expect(json).not.toMatch(/[<\u2028\u2029]/);
      expect(JSON.parse(json)).toEqual({ text });
    });
  });

  test('in a cell of Markdown stays in the cell, and is no HTML', () => {
    holds((text) => {
      const bare = markdownText(text).replace(/\\[\\`*_{}[\]#!|~$]/g, '');
      expect(bare).not.toMatch(/[|<>`*[\]\n\\]|\b_|_\b/);
      expect(markdownCode(text).replaceAll('\\|', '')).not.toMatch(/[|\n]/);
    });
  });

  test('in code of Markdown does not end the code', () => {
    holds((text) => {
      const [fence = ''] = /^`+/.exec(markdownCode(text))!;
      expect(markdownCode(text).slice(fence.length, -fence.length)).not.toContain(fence);
      const block = markdownBlock(text).split('\n');
      const [mark = ''] = /^`+/.exec(block[0]!)!;
      expect(block.slice(1, -1).filter((line) => line.includes(mark))).toEqual([]);
    });
  });

  test('in KTAP is no result, no plan and no directive', () => {
    holds((text) => {
      expect(ktapText(text)).not.toMatch(/[#\n]/);
      expect(ktapDiagnostics(text).filter((line) => !line.startsWith('#'))).toEqual([]);
      expect(ktapDiagnostics(text).join('')).not.toMatch(/[\r\n]/);
    });
  });
});

test('control bytes are spelled, not dropped', () => {
  expect(visible('\x1b[31mred\u202e\ud800\r\n')).toBe('\\x1b[31mred\\u202e\\ud800\\x0d\n');
});

test('a program in a script element means the same', () => {
  const code = scriptCode('[`</script>`, "</SCRIPT x", "<!--", /<!--/.test("a<!--b")]');
  expect(code).not.toMatch(/<\/script|<!--/i);
  expect(runInNewContext(code)).toEqual(['</script>', '</SCRIPT x', '<!--', true]);
});
