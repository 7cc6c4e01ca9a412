// SPDX-License-Identifier: GPL-2.0-only
// How does a tree become a system under test? Its profile is found by shape, the functions that the
// profile names are translated with all that they call, and a driver is put around them. Whatever
// cannot be translated ends here, with its place: there is no verdict then.

import { shortHash } from '#explorer/schedule';
import { UserError } from '#user-error';
import type { HostConfig, SystemUnderTest } from '#vocabulary';
import { fieldsOf } from './driver/common.ts';
import { remembered } from './driver/remembered.ts';
import { type TranslatedTree, treeSystem } from './driver/tree-system.ts';
import { type Honesty, honestyOf } from './honesty.ts';
import type { EmittedFunction, Intrinsic } from './machine.ts';
import type { Runtime } from './memory/runtime.ts';
import type { Profile } from './profiles/profile.ts';
import { PROFILES } from './profiles/profiles.ts';
import { findProfile, type Missed, type Read } from './profiles/shape.ts';
import { MAY_FAIL } from './profiles/shared.ts';
import type { CParser } from './text/ast.ts';
import type { Translated } from './translate.ts';
import { translateTree } from './translate-tree.ts';
import type { Edge, Layouts, Site, SourceFile } from './translation.ts';

export interface LoadedTree {
  readonly profile: Profile;
  readonly system: SystemUnderTest;
  /** For the usual sizes. */
  readonly translation: Translated;
  /** All files that were read. */
  readonly files: readonly SourceFile[];
  readonly honesty: Honesty;
  /** Changes with every token of a function that runs. */
  readonly hash: string;
  /** The tree with other code in place of some functions, as mutants have it. */
  readonly withCode: (replace: Replace) => SystemUnderTest;
  /**
   * Lines on which a statement was reached since this was asked last, as `file:line`; only of a
   * tree that was loaded to tell of it.
   */
  readonly takeReached: () => ReadonlySet<string>;
}

/** What runs in place of the functions of a translation; called once for each host. */
export type Replace = (translation: Translated) => {
  /** By number, as in the translation. */
  readonly code: readonly EmittedFunction[];
  /** Those of the translation come first. */
  readonly sites: readonly Site[];
};

/** The sizes that most scenarios ask for. */
export const USUAL_HOST: Pick<HostConfig, 'userMemSlots' | 'privateMemSlots' | 'addressSpaces'> = {
  userMemSlots: 3,
  privateMemSlots: 0,
  addressSpaces: 2,
};

const NOT_A_TREE = 3;

/**
 * Loads a tree. Throws a UserError with status 3 that says what was looked for and where, if it is
 * no tree that a profile knows or if something that is needed cannot be translated.
 */
export function loadTree(
  parser: CParser,
  read: Read,
  { tellsReached = false }: { readonly tellsReached?: boolean } = {},
): LoadedTree {
  const found = findProfile(read, PROFILES);
  if ('missed' in found) throw new UserError(noProfile(found.missed), NOT_A_TREE);
  const { profile } = found;
  const files = filesOf(profile, read);
  const known = new Map<string, Readable>();
  const translated = (host: HostConfig): Readable => {
    const overrides = profile.overrides(host);
    const key = JSON.stringify(overrides);
    let tree = known.get(key);
    if (tree === undefined) {
      tree = translatedTree(parser, profile, files, overrides, tellsReached);
      known.set(key, tree);
    }
    return tree;
  };
  const usual = USUAL_HOST as HostConfig;
  const { translation } = translated(usual);
  return {
    profile,
    system: treeSystem(profile.binding, translated),
    withCode: (replace) => treeSystem(profile.binding, replacing(profile, translated, replace)),
    takeReached: () => new Set([...known.values()].flatMap(takeReached)),
    translation,
    files,
    honesty: honestyOf(profile, translation, profile.overrides(usual)),
    hash: shortHash(translation.functions.map(({ fingerprint }) => fingerprint).join('\n')),
  };
}

/** A translated tree that still can be translated anew in part. */
type Readable = TranslatedTree & { readonly translation: Translated };

function translatedTree(
  parser: CParser,
  profile: Profile,
  files: readonly SourceFile[],
  overrides: Readonly<Record<string, string>>,
  tellsReached: boolean,
): Readable {
  const config = Object.fromEntries(profile.config.map((name) => [`CONFIG_${name}`, '1']));
  const options = { config, overrides, prelude: profile.prelude };
  const { entries, constants } = profile;
  const request = { entries, constants, edges: edgesOf(profile), tellsReached };
  const made = translateTree(parser, files, options, request);
  const translation = { ...made, layouts: remembered(made.layouts) };
  const intrinsics = translation.intrinsics.map(
    (name) => (profile.modelled[name] ?? profile.intrinsics[name])!.run as Intrinsic,
  );
  const heapTypes = new Map(
    profile.heapTypes.flatMap((type) => sizesOf(type, translation.layouts)),
  );
  const unseen = new Map(
    Object.entries(profile.unseen).map(([type, fields]) => [
      type,
      new Set(
        fieldsOf(translation.layouts, type, fields).map(
          (field) => translation.layouts.place(type, field).offset / 8,
        ),
      ),
    ]),
  );
  const { sites } = translation;
  const code = failing(profile, translation, translation.code);
  const reached = new Uint8Array(tellsReached ? sites.length : 0);
  return { translation, intrinsics, heapTypes, unseen, code, sites, reached };
}

/** The same trees with other code, each made at its first use. */
function replacing(
  profile: Profile,
  translated: (host: HostConfig) => Readable,
  replace: Replace,
): (host: HostConfig) => TranslatedTree {
  const known = new Map<TranslatedTree, TranslatedTree>();
  return (host) => {
    const tree = translated(host);
    let other = known.get(tree);
    if (other === undefined) {
      const { code, sites } = replace(tree.translation);
      other = { ...tree, code: failing(profile, tree.translation, code), sites };
      known.set(tree, other);
    }
    return other;
  };
}

function takeReached({ sites, reached }: TranslatedTree): string[] {
  const lines = sites
    .filter((_, site) => reached[site] === 1)
    .map(({ file, line }) => `${file}:${line}`);
  reached.fill(0);
  return lines;
}

/** A type by its sizes in bytes: `A + B` is an A with so many of B behind it as there are slots. */
function sizesOf(text: string, layouts: Layouts): (readonly [bytes: number, type: string])[] {
  const [type, element] = text.split(' + ') as [string, string | undefined];
  const bytes = layouts.sizeof(type);
  if (element === undefined) return [[bytes, type]];
  const step = layouts.sizeof(element);
  const most = Number(layouts.constant('KVM_MEM_SLOTS_NUM'));
  return Array.from({ length: most + 1 }, (_, i) => [bytes + i * step, type]);
}

/** Functions that fail where a scenario says so run as they stand everywhere else. */
function failing(
  profile: Profile,
  { functionNamed }: Translated,
  code: readonly EmittedFunction[],
): readonly EmittedFunction[] {
  const changed = [...code];
  for (const name of profile.failing) {
    const index = functionNamed.get(name)?.index;
    const run = index === undefined ? undefined : code[index];
    if (run === undefined) continue;
    changed[index!] = (m, ...args) =>
      MAY_FAIL.run(m as Runtime, -1) === 0 ? run(m, ...args) : -12;
  }
  return changed;
}

/** The edge table in the form that the translator takes. */
export function edgesOf({ intrinsics, modelled, stubbed }: Profile): Record<string, Edge> {
  return {
    ...stubbed,
    ...Object.fromEntries(
      Object.entries(intrinsics).map(([name, { prototype }]): [string, Edge] => [
        name,
        { kind: 'intrinsic', prototype },
      ]),
    ),
    ...Object.fromEntries(
      Object.entries(modelled).map(([name, { prototype, why }]): [string, Edge] => [
        name,
        { kind: 'modelled', prototype, why },
      ]),
    ),
  };
}

/** A name that ends in `?` is a file that not all kernels of the profile have. */
function filesOf({ name, files }: Profile, read: Read): SourceFile[] {
  return files.flatMap((file) => {
    const path = file.replace(/\?$/, '');
    const text = read(path);
    if (text !== null) return [{ path, text }];
    if (file.endsWith('?')) return [];
    throw new UserError(`${path} is not in the tree, but its shape is ${name}`, NOT_A_TREE);
  });
}

function noProfile(missed: readonly Missed[]): string {
  const files = [...new Set(missed.map(({ file }) => file))].join(', ');
  const isNoTree = missed.every(({ what }) => what === 'the file is not there');
  if (isNoTree) return `this is no kernel tree with KVM: looked for ${files}`;
  // Profiles that lack the same are told together: a renamed function is missed by most of them.
  const lacks = Map.groupBy(missed, ({ file, what }) => `${file}: ${what}`);
  const each = [...lacks].map(
    ([lack, of]) => `${lack} (as ${of.map(({ profile }) => profile).join(', ')})`,
  );
  return `no profile has the shape of this tree, which is not found in ${each.join('; ')}`;
}
