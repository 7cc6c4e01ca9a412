// SPDX-License-Identifier: GPL-2.0-only
// What do our pages have in common? A style that follows the browser's, sections, tables.

import { markupText } from './escapes.ts';

export const PAGE_STYLE = `
:root { color-scheme: light dark; --line: light-dark(#ccc, #444); --bad: light-dark(#a00, #f88); }
body { font: 15px/1.45 system-ui, sans-serif; margin: 0; }
main { max-width: 74rem; margin: 0 auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin: 1.6rem 0 .4rem; }
table { border-collapse: collapse; } caption { text-align: left; }
th, td { border-bottom: 1px solid var(--line); padding: .2rem .8rem .2rem 0; text-align: left;
  vertical-align: top; }
code, pre { font: 13px/1.4 ui-monospace, monospace; }
pre { overflow-x: auto; border-left: 3px solid var(--line); padding-left: .8rem; }
summary { cursor: pointer; } .score { font-size: 1.2rem; font-weight: 600; }
.bad { color: var(--bad); font-weight: 600; }`;

/** Nothing if there is nothing to show. */
export function section(title: string, content: string): string {
  return content === '' ? '' : `<h2>${markupText(title)}</h2>\n${content}`;
}

/** Closed until asked for. */
export function folded(title: string, content: string): string {
  if (content === '') return '';
  return `<details><summary>${markupText(title)}</summary>\n${content}\n</details>`;
}

/** Cells are HTML; those that begin with `<td` are taken as they are. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const line = (tag: string, cells: readonly string[]) =>
    `<tr>${cells.map((c) => (c.startsWith('<td') ? c : `<${tag}>${c}</${tag}>`)).join('')}</tr>`;
  const lines = [line('th', head), ...rows.map((row) => line('td', row))];
  return `<table>\n${lines.join('\n')}\n</table>`;
}

/** How a page begins, up to its body. `policy`: what a browser may load and run for it. */
export function pageHead(title: string, style: string, policy: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${title}</title>
<style>${style}</style>
</head>`;
}
