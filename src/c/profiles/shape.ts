// SPDX-License-Identifier: GPL-2.0-only
// What shape does a tree have? Which functions it defines, with which parameters. Asked of the text
// alone, so that a tree that nobody can translate still gets an answer.

import type { Probe, Profile, Shape } from './profile.ts';

/** The text of a file of the tree, or null if it is not there. */
export type Read = (path: string) => string | null;

/** The shape of a tree, as far as these files tell. */
export function shapeOf(read: Read, files: readonly string[]): Shape {
  const texts = new Map<string, string>();
  for (const file of files) {
    const text = read(file);
    if (text !== null) texts.set(file, text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, ' '));
  }
  return {
    parameters: (name) => {
      for (const text of texts.values()) {
        const found = new RegExp(`\\b${name}\\s*\\(([^(){};]*)\\)\\s*\\{`).exec(text);
        if (found !== null) return parametersIn(found[1]!);
      }
      return null;
    },
    mentions: (file, name) => new RegExp(`\\b${name}\\b`).test(texts.get(file) ?? ''),
    hasFile: (file) => texts.has(file),
  };
}

function parametersIn(text: string): string[] {
  if (/^\s*(void)?\s*$/.test(text)) return [];
  return text.split(',').map((one) => /(\w+)\s*(\[[^\]]*\])?\s*$/.exec(one)?.[1] ?? '');
}

/** A profile that a tree does not have, and the first thing that it lacks. */
export interface Missed {
  readonly profile: string;
  readonly file: string;
  readonly what: string;
}

/** The profile of a tree, or what each of them lacks in it. */
export function findProfile(
  read: Read,
  profiles: readonly Profile[],
): { readonly profile: Profile } | { readonly missed: readonly Missed[] } {
  const missed: Missed[] = [];
  for (const profile of profiles) {
    const shape = shapeOf(read, [...new Set(profile.probes.map(({ file }) => file))]);
    const failed = profile.probes.find((probe) => !holds(probe, shape));
    if (failed === undefined) return { profile };
    const isThere = shape.hasFile(failed.file);
    const what = isThere ? failed.text : 'the file is not there';
    missed.push({ profile: profile.name, file: failed.file, what });
  }
  return { missed };
}

function holds(probe: Probe, shape: Shape): boolean {
  return shape.hasFile(probe.file) && probe.holds(shape);
}
