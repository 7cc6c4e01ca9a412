// SPDX-License-Identifier: GPL-2.0-only
// Which words of the language may not be used where? What would make a step silently atomic, a run
// depend on a clock, or a mutant noise.

import { at, code, isPort, isTest, nodesOf, type Rule, type Source, ts } from './source.ts';

/** Findings at every node of the files for which `test` says why. */
function nodes(
  applies: (source: Source) => boolean,
  test: (node: ts.Node, source: Source) => string | null,
): Rule {
  return (sources) =>
    code(sources)
      .filter(applies)
      .flatMap((source) =>
        nodesOf(source).flatMap((node) => {
          const text = test(node, source);
          return text === null ? [] : [at(source, node, text)];
        }),
      );
}

/** An accessor suspends a thread by throwing: nothing may catch it, and nothing may wait. */
export const noTryInPorts = nodes(isPort, (node) => {
  if (ts.isTryStatement(node)) return 'try in a port';
  if (ts.isAwaitExpression(node) || ts.isYieldExpression(node)) return 'await or yield in a port';
  if (node.kind === ts.SyntaxKind.AsyncKeyword) return 'async in a port';
  const isGenerator = ts.isFunctionLike(node) && 'asteriskToken' in node && node.asteriskToken;
  return isGenerator ? 'generator in a port' : null;
});

/** Shared state outside structs is invisible to the explorer. */
export const noModuleState = nodes(isPort, (node) => {
  if (!ts.isVariableStatement(node) || !ts.isSourceFile(node.parent)) return null;
  if ((node.declarationList.flags & ts.NodeFlags.Const) === 0) return 'let or var in a module';
  const isContainer = node.declarationList.declarations.some(({ initializer }) => {
    if (initializer === undefined) return false;
    return (
      ts.isNewExpression(initializer) ||
      ts.isArrayLiteralExpression(initializer) ||
      ts.isObjectLiteralExpression(initializer)
    );
  });
  return isContainer ? 'a container in a module' : null;
});

/** A literal that only names a step is a mutant that nothing can kill. */
export const noStringInPorts = nodes(isPort, (node) => {
  if (!ts.isStringLiteral(node) && !ts.isTemplateLiteral(node)) return null;
  const { parent } = node;
  if (ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent)) return null;
  if (ts.isLiteralTypeNode(parent)) return null;
  const isLabel =
    ts.isCallExpression(parent) &&
    ts.isIdentifier(parent.expression) &&
    /^(struct|rcu|guarded_by|static_object)$/.test(parent.expression.text);
  return isLabel ? null : 'a string in a port';
});

const isDecided = (source: Source) =>
  /^(reference|suites|src\/linux|src\/explorer)\//.test(source.path) && !isTest(source);

const CLOCKS = /^(Date|performance|setTimeout|setInterval|setImmediate)$/;

/** The same input gives the same bytes: no clock, no chance, no environment. */
export const noClock = nodes(isDecided, (node) => {
  if (ts.isPropertyAccessExpression(node)) {
    const text = node.getText();
    return /^(Math\.random|process\.(env|hrtime))$/.test(text) ? text : null;
  }
  if (!ts.isIdentifier(node) || !CLOCKS.test(node.text)) return null;
  const isName = ts.isPropertyAccessExpression(node.parent) && node.parent.name === node;
  return isName ? null : node.text;
});

/** u64 values are made where kernel names are verbatim, and by those who drive them. */
export const bigintsWhereAllowed = nodes(
  (source) =>
    !isTest(source) &&
    !/^src\/(linux|c|review\/fixes)\/|^src\/review\/numbers\.ts$/.test(source.path) &&
    !/^(reference|suites|mutants|test|bench)\//.test(source.path),
  (node) => (ts.isBigIntLiteral(node) ? `the literal ${node.getText()}` : null),
);

/** Faults are put into the engines by tests alone; passing them on is not setting them. */
export const faultsOnlyInTests = nodes(
  (source) => !isTest(source),
  (node) => {
    if (!ts.isPropertyAssignment(node) || node.name.getText() !== 'faults') return null;
    return /\bfaults$/.test(node.initializer.getText()) ? null : 'sets faults';
  },
);
