// SPDX-License-Identifier: GPL-2.0-only
// How does C become functions that run? From the wanted functions down to the edges; every refusal
// is collected, and one is enough that there is no translation.

import { BUDGETS } from './budgets.ts';
import { compiled } from './compile.ts';
import { type Draft, drafted, finished } from './emit/functions.ts';
import { Program, type Wanted } from './emit/program.ts';
import type { Unit } from './text/unit.ts';
import {
  Refusal,
  Refusals,
  type Request,
  type TranslatedFunction,
  type Translation,
} from './translation.ts';
import { layoutsOf } from './types/layouts.ts';

/** A translation, and what is needed to translate one of its functions anew. */
export interface Translated extends Translation {
  readonly program: Program;
  /** Numbers of the functions that may come to call themselves. */
  readonly recursive: ReadonlySet<number>;
}

/** Translates functions of a unit. Throws Refusals. */
export function translate(unit: Unit, request: Request): Translated {
  const program = new Program(unit, request);
  const refusals: Refusal[] = [];
  for (const entry of request.entries) {
    const name = entry.replace(/\?$/, '');
    const chunk = attempt(refusals, () => program.functionChunk(name, ''));
    if (chunk !== undefined) program.want(chunk);
    else if (name === entry) refusals.push(missing(unit, name));
  }
  const drafts: Draft[] = [];
  for (let wanted = program.next(); wanted !== undefined; wanted = program.next()) {
    const next = wanted;
    program.current = next;
    const draft = attempt(refusals, () => drafted(program, next), next);
    if (draft !== undefined) drafts[next.index] = draft;
  }
  if (refusals.length > 0) throw new Refusals(refusals);
  const recursive = mayRecur(program, drafts);
  const functions = drafts.map((draft) =>
    finished(program, draft, recursive.has(draft.wanted.index)),
  );
  program.isComplete = true;
  return translated(program, functions, recursive);
}

function translated(
  program: Program,
  functions: readonly TranslatedFunction[],
  recursive: ReadonlySet<number>,
): Translated {
  return {
    program,
    recursive,
    functions,
    functionNamed: new Map(functions.toReversed().map((made) => [made.name, made])),
    code: functions.map(({ text }) => compiled(text)),
    sites: program.sites,
    intrinsics: program.edges.names(),
    globals: program.globals.named,
    image: program.globals.image,
    globalsEnd: program.globals.end,
    layouts: layoutsOf(program),
    edges: program.met(),
    notes: [...program.notes].sort(),
  };
}

/** Why an entry is not there; a bracket that is never closed takes all behind it along. */
function missing(unit: Unit, name: string): Refusal {
  const what = `the function ${name}() is in no file that was read`;
  const open = unit.chunks.find(({ isOpen }) => isOpen);
  if (open === undefined) return new Refusal('', 0, what);
  const { file, line } = open;
  return new Refusal(file, line, `${what}: brackets that begin here are never closed`);
}

/** The functions through which an entry comes to need one: `f() < g() < entry()`. */
function wayTo(wanted: Wanted): string {
  const names: string[] = [];
  for (let at: Wanted | null = wanted; at !== null; at = at.by) names.push(`${at.name}()`);
  return names.length > 5
    ? [...names.slice(0, 3), '...', names.at(-1)].join(' < ')
    : names.join(' < ');
}

/** Runs; a refusal is kept, with who needed what was refused. */
function attempt<T>(
  refusals: Refusal[],
  run: () => T,
  wanted: Wanted | null = null,
): T | undefined {
  try {
    return run();
  } catch (error) {
    if (error instanceof Refusal && wanted !== null) {
      const { file, line, reason } = error;
      refusals.push(new Refusal(file, line, `${reason} (needed by ${wayTo(wanted)})`));
      return undefined;
    }
    if (error instanceof RangeError && /call stack/.test(error.message))
      refusals.push(new Refusal('', 0, `deeper than ${BUDGETS.nodeDepth} expressions`));
    else if (error instanceof Refusal) refusals.push(error);
    else throw error;
    return undefined;
  }
}

/**
 * Functions that may come to call themselves: those on a cycle of calls. An indirect call may call
 * whatever something points to.
 */
function mayRecur(program: Program, drafts: readonly Draft[]): ReadonlySet<number> {
  const pointed = [...program.globals.pointedTo].map(({ index }) => index);
  const callees = drafts.map(({ body }) => [
    ...body.callees,
    ...(body.hasIndirectCall ? pointed : []),
  ]);
  const cyclic = new Set<number>();
  for (const { wanted } of drafts) {
    const seen = new Set<number>();
    const waiting = [...(callees[wanted.index] ?? [])];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (seen.has(next)) continue;
      seen.add(next);
      waiting.push(...(callees[next] ?? []));
    }
    if (seen.has(wanted.index)) cyclic.add(wanted.index);
  }
  return cyclic;
}
