// SPDX-License-Identifier: GPL-2.0-only
// What is a profile? All that must be known of a family of kernels to run the suites on its C:
// which files, which functions, what stands at the edge. Found by the shape of functions, never by
// a version. Nothing has a default: a callee that no profile names is refused.

import type { HostConfig } from '#vocabulary';
import type { Binding } from '../driver/binding.ts';
import type { Intrinsics, Run } from '../intrinsics/intrinsic.ts';
import type { Edge, Layouts } from '../translation.ts';

/** A question about the shape of a tree. None is about what a regression or a mutant alters. */
export interface Probe {
  /** What is looked for, such as `install_new_memslots(kvm, slots, new)`. */
  readonly text: string;
  readonly file: string;
  readonly holds: (shape: Shape) => boolean;
}

/** What probes may ask; answered from the tokens of the files, before anything is translated. */
export interface Shape {
  /** Names of the parameters of a function that is defined; null if it is not. */
  readonly parameters: (name: string) => readonly string[] | null;
  /** Is the name anywhere in the file? */
  readonly mentions: (file: string, name: string) => boolean;
  readonly hasFile: (file: string) => boolean;
}

/** In place of a function of the kernel: what it does to the scenario, and why that is enough. */
export interface Modelled {
  readonly prototype: string;
  readonly why: string;
  readonly run: Run;
}

export interface Profile {
  readonly name: string;
  /** The releases that have this shape, for readers. */
  readonly kernels: string;
  readonly probes: readonly Probe[];
  /** One that ends in `?` is not in all of these kernels. */
  readonly files: readonly string[];
  readonly config: readonly string[];
  /** Macros that beat the tree's own. Printed: an override is a change of the kernel. */
  readonly overrides: (host: HostConfig) => Readonly<Record<string, string>>;
  /** C of ours before the files, for what stands in headers that nobody loads. */
  readonly prelude: string;
  /** Functions that the driver calls; one that ends in `?` is not in all of these kernels. */
  readonly entries: readonly string[];
  readonly intrinsics: Intrinsics;
  readonly modelled: Readonly<Record<string, Modelled>>;
  /** Functions of the tree that run, but fail where a scenario says so. */
  readonly failing: readonly string[];
  readonly stubbed: Readonly<Record<string, Extract<Edge, { kind: 'stubbed' }>>>;
  /** Variables that module load sets and that nobody writes while a VM exists. */
  readonly constants: readonly string[];
  /**
   * Types of what is allocated, so that tables and failure injection can name it. `A + B` is an A
   * whose last member is an array of B, as long as it must be.
   */
  readonly heapTypes: readonly string[];
  /**
   * Fields, by type, that readers write at any time and that a copy of the whole struct carries
   * along unseen: see `unseen` in src/linux/fields.ts. A name that ends in `?` is a field that not
   * all of these kernels have. Each must lie apart.
   */
  readonly unseen: Readonly<Record<string, readonly string[]>>;
  readonly binding: Binding;
  /** Scenarios, without their sizes, that the driver cannot run, and why. */
  readonly cannot: (layouts: Layouts) => Readonly<Record<string, string>>;
  /** What the driver does in place of the kernel, a sentence each. */
  readonly driver: readonly string[];
}
