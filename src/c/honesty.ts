// SPDX-License-Identifier: GPL-2.0-only
// What of a verdict is the tree's own code, and what is ours? The list that is printed with every
// verdict on the C of a tree.

import type { Profile } from './profiles/profile.ts';
import type { Translation } from './translation.ts';

export interface Honesty {
  readonly profile: string;
  readonly kernels: string;
  /** CONFIG symbols that are taken as set. */
  readonly config: readonly string[];
  /** Macros that were given other values than the tree gives them. */
  readonly overridden: readonly string[];
  /** Functions of the tree that run as they stand, `name file:line`. */
  readonly real: readonly string[];
  readonly intrinsic: readonly string[];
  readonly modelled: readonly { readonly name: string; readonly why: string }[];
  readonly stubbed: readonly string[];
  readonly driver: readonly string[];
  readonly assumed: readonly string[];
  readonly notValidFor: readonly string[];
}

const NOT_VALID_FOR: readonly string[] = [
  'what a compiler may do to plain accesses: they happen once, in source order',
  'guests of guests, shadowed page tables of the guest, TDX, SEV',
  'races with notifiers of the host',
];

/** The list for a translated tree. */
export function honestyOf(
  profile: Profile,
  translation: Translation,
  overrides: Readonly<Record<string, string>>,
): Honesty {
  const met = (kind: string) =>
    translation.edges
      .filter((edge) => edge.kind === kind)
      .map(({ name }) => name)
      .sort();
  return {
    profile: profile.name,
    kernels: profile.kernels,
    config: profile.config,
    overridden: Object.entries(overrides).map(([name, text]) => `${name}=${text}`),
    real: translation.functions.map(({ name, file, line }) => `${name} ${file}:${line}`).sort(),
    intrinsic: met('intrinsic'),
    modelled: met('modelled').map((name) => ({
      name,
      why: profile.modelled[name]?.why ?? 'no reason is given',
    })),
    stubbed: met('stubbed'),
    driver: profile.driver,
    assumed: translation.notes,
    notValidFor: NOT_VALID_FOR,
  };
}
