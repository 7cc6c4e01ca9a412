// SPDX-License-Identifier: GPL-2.0-only
// How does a port come to have its calls summarised (src/linux/summed.ts)? When its text is
// emitted, functions of the top level get a question at their head.

import { findFunctions, functionsOf } from './top-functions.ts';

/**
 * The text with the question at the head of each function of the top level whether its call is to
 * be summarised (src/linux/summed.ts, whose URL is `module`). Lines stay where they are. `original`
 * is the text before anything else was put into it.
 */
export function withSummaries(text: string, module: string, original: string): string {
  const all = findFunctions(text);
  const before = text === original ? all : functionsOf(original);
  // A function that only returns something is no more than its caller's code: it is not worth it.
  const functions = all.filter(({ name }, i) => name !== '' && before[i]?.isShort === false);
  if (functions.length === 0) return text;
  let result = `import { summing as $summing, summed as $summed } from ${JSON.stringify(module)}; `;
  let at = 0;
  functions.forEach(({ bodyStart }, i) => {
    const ask = `if ($summing()) return $summed($self${i}(), arguments);`;
    result += `${text.slice(at, bodyStart)} ${ask}`;
    at = bodyStart;
  });
  // Inside of a function its name may be that of something else.
  const selves = functions.map(({ name }, i) => `function $self${i}() { return ${name}; }`);
  return `${result}${text.slice(at)}\n${selves.join(' ')}\n`;
}
