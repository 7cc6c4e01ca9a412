// SPDX-License-Identifier: GPL-2.0-only
// Does a hunk re-create a bug that is known? Its shape is enough to ask; whether it is one here
// only a run can tell.

import type { Regression } from '#mutation/mutant';
import { ask, type Context, type Rule } from '../rule.ts';
import { mended, recreated, type Shape } from '../shape.ts';
import { placeOf, sidesOf } from '../sides.ts';
import type { Evidence, Row } from '../values.ts';

export const rule: Rule = {
  name: 'known-shape',
  summary: 'a hunk has the shape of a bug that KVM had, or of a mutant that the suites kill',
  rows: (context) =>
    context.knowledge.shapes.flatMap((shape) => [
      ...recreations(shape, context),
      ...halves(shape, context),
    ]),
};

function recreations(shape: Shape, context: Context): Row[] {
  return recreated(shape, context.sides)
    .slice(0, 1)
    .map(({ side, pattern, kind }) => {
      const { breaks, evidence, cited } = knownOf(shape, context);
      const text = `${side.owner!.name}() ${shape.does}${cited === '' ? '' : `: ${cited}`}`;
      return ask(breaks[0]!, text, shape.question, placeOf(side, pattern, kind), evidence);
    });
}

/** A fix that needs all of its pieces, and of which only some are there. */
function halves(shape: Shape, context: Context): Row[] {
  if (shape.isWholeOnly !== true) return [];
  const found = mended(shape, context.sides);
  // Another patch of the series may bring what this one lacks.
  const all = mended(shape, context.series.flatMap(sidesOf));
  const pieces = new Set(all.map(({ piece }) => piece.functions[0]));
  const missing = shape.pieces.filter(({ functions }) => !pieces.has(functions[0]));
  if (found.length === 0 || missing.length === 0) return [];
  const names = missing.map(({ functions }) => `${functions[0]}()`).join(' and ');
  const { side, pattern } = found[0]!;
  const { evidence } = knownOf(shape, context);
  const text = `mends ${side.owner!.name}(), but not ${names}, which the same fix needs`;
  const question = `Should ${names} change too? ${shape.question}`;
  return [ask('half-a-fix', text, question, placeOf(side, pattern, null), evidence)];
}

interface Known {
  readonly breaks: readonly string[];
  readonly evidence: readonly Evidence[];
  readonly cited: string;
}

function knownOf(shape: Shape, { knowledge, era }: Context): Known {
  const regression = knowledge.regressions.find(({ name }) => name === shape.name);
  if (shape.kind === 'operator' || regression === undefined) {
    const id = `${era}/*/${shape.name}`;
    return {
      breaks: shape.breaks,
      evidence: [{ kind: 'mutant', id: shape.name, text: `mutants of this operator: ${id}` }],
      cited: `operator ${shape.name}`,
    };
  }
  return {
    breaks: regression.breaks,
    evidence: [{ kind: 'regression', id: regression.name, text: regression.broke }],
    cited: citation(regression),
  };
}

/** As commit messages name commits; the name where no id is confirmed. */
function citation({ commit, subject, name }: Regression): string {
  return commit === null ? `regression ${name} ("${subject}")` : `${commit} ("${subject}")`;
}
