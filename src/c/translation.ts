// SPDX-License-Identifier: GPL-2.0-only
// What is a translation? The C functions that a scenario needs as plain JavaScript functions, with
// all that is needed to run them and to say where a step stands in the user's tree.

import type { Address, EmittedFunction, SiteId } from './machine.ts';

/** How a C scalar is held: integers by width and sign, pointers as numbers. */
export type Word = 'bool' | 's8' | 'u8' | 's16' | 'u16' | 's32' | 'u32' | 's64' | 'u64' | 'pointer';

/** One file of the tree, as the profile names it; the path is that of the tree. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** How a tree is read. All of it is printed with a verdict. */
export interface ReadOptions {
  /**
   * Macros that stand for CONFIG symbols and the like: name -> replacement text ('1' if only set).
   */
  readonly config: Readonly<Record<string, string>>;
  /**
   * Macros of ours that beat the tree's own: an override is a change of the kernel. A name may have
   * parameters: `kvm_for_each_vcpu(index, vcpu, kvm)`.
   */
  readonly overrides: Readonly<Record<string, string>>;
  /** C of ours for what stands in headers that nobody loads; read before all files. */
  readonly prelude: string;
  /** Names of macros that stay calls, beyond those that the front end always leaves. */
  readonly keepCalls?: readonly string[];
  /** Annotations to blank, beyond those that the front end always blanks. */
  readonly blank?: readonly string[];
}

/** What the profile decides about a name that the translated functions call. */
export type Edge =
  /**
   * Semantics from src/linux; `prototype` is C, e.g. `int srcu_read_lock(struct srcu_struct *)`.
   */
  | { readonly kind: 'intrinsic'; readonly prototype: string }
  /** As an intrinsic, but an effect of ours in place of the kernel's own code. */
  | { readonly kind: 'modelled'; readonly prototype: string; readonly why: string }
  /**
   * Silent by nature: nothing is called and arguments are not evaluated; a call whose arguments
   * have side effects is refused. `returns` is the constant result, absent for void.
   */
  | { readonly kind: 'stubbed'; readonly returns?: number };

/** Names that end in `*` stand for all names that begin so; exact names win, then longer ones. */
export type Edges = Readonly<Record<string, Edge>>;

/** What is to be translated: these functions and all that they call up to the edges. */
export interface Request {
  readonly entries: readonly string[];
  readonly edges: Edges;
  /**
   * File-scope variables that the profile sets up before anything runs: reads are no step, a store
   * is an error. Told to the runtime through `Global.isConstant`.
   */
  readonly constants: readonly string[];
  /** Every statement tells the machine that it is reached; false if absent. */
  readonly tellsReached?: boolean;
}

/** A plain access, or which primitive it is. The runtime gives barriers their meaning by it. */
export type SiteKind =
  | 'plain'
  | 'once'
  | 'release'
  | 'acquire'
  | 'dereference'
  | 'fence-full'
  | 'fence-write'
  | 'fence-read'
  | 'warn'
  | 'bug'
  | 'call'
  | 'loop'
  | 'reach'
  | 'enter'
  | 'fault';

/** One place of the C at which a step, an event or a fault may happen. */
export interface Site {
  readonly file: string;
  /** 1-based, of the user's file. */
  readonly line: number;
  /** The C function that it stands in. */
  readonly function: string;
  /** The expression, one line, at most 80 characters. Text of the tree: escape before printing. */
  readonly text: string;
  readonly kind: SiteKind;
  /** The name that the primitive or callee has in the C: `WARN_ON_ONCE`, `smp_wmb`; '' if plain. */
  readonly name: string;
}

export interface TranslatedFunction {
  readonly name: string;
  /** Its index in `Machine.f`. */
  readonly index: number;
  readonly file: string;
  readonly line: number;
  readonly lastLine: number;
  /**
   * Of the emitted function. A struct by value is the address of a copy; the address for a struct
   * result comes first.
   */
  readonly parameters: readonly { readonly name: string; readonly word: Word }[];
  readonly result: Word | 'void';
  /** Index of its type, as Machine.at() is told. */
  readonly signature: number;
  /** JavaScript of closed form: `function f12(m,l0,l1){...}`. */
  readonly text: string;
  readonly calls: readonly string[];
  /** Names at the edge that it calls: intrinsics, models and stubs. */
  readonly edges: readonly string[];
  /** Hash of its tokens after preprocessing: another one means another function. */
  readonly fingerprint: string;
}

export interface Global {
  readonly name: string;
  readonly address: Address;
  readonly size: number;
  /** The C type, spelled. */
  readonly type: string;
  readonly file: string;
  readonly line: number;
  readonly isConstant: boolean;
}

/** Initial bytes. What no piece covers is zero. */
export interface ImagePiece {
  readonly address: Address;
  readonly bytes: Uint8Array;
}

/** Where a member lies. Bit-fields: `bits` and `shift` inside the unit at `offset`. */
export interface MemberPlace {
  readonly offset: number;
  readonly size: number;
  /** null for a struct, union or array. */
  readonly word: Word | null;
  readonly bits?: { readonly shift: number; readonly width: number };
  /** The C type, spelled. */
  readonly type: string;
}

/** Sizes and offsets of the tree's own declarations, for drivers. All throw a Refusal. */
export interface Layouts {
  /** `struct kvm_memslots`, `gfn_t`, `union kvm_mmu_page_role`. */
  sizeof(type: string): number;
  /** `place('struct kvm', 'memslots[1]')`, `place('struct kvm_vcpu', 'arch.mmio_gen')`. */
  place(type: string, path: string): MemberPlace;
  has(type: string, path: string): boolean;
  /** The value of a constant expression of the tree: an enumerator, a macro, arithmetic of them. */
  constant(expression: string): bigint;
  /**
   * Names the bytes at an offset of an object, for tables: `memslots[1].generation`. Unions give
   * the first member that fits.
   */
  nameOf(type: string, offset: number, size: number): string;
}

/** A callee at the edge that was met. */
export interface MetEdge {
  readonly name: string;
  readonly kind: Edge['kind'];
  readonly sites: number;
}

export interface Translation {
  readonly functions: readonly TranslatedFunction[];
  readonly functionNamed: ReadonlyMap<string, TranslatedFunction>;
  /** Compiled, by number: what `Machine.f` starts from. */
  readonly code: readonly EmittedFunction[];
  readonly sites: readonly Site[];
  /** Names in the order of `Machine.i`. */
  readonly intrinsics: readonly string[];
  readonly globals: ReadonlyMap<string, Global>;
  readonly image: readonly ImagePiece[];
  /** First free byte after the globals. */
  readonly globalsEnd: Address;
  readonly layouts: Layouts;
  /** Everything that was met and is not real: the honesty list. */
  readonly edges: readonly MetEdge[];
  /** Things that were assumed, one sentence each. */
  readonly notes: readonly string[];
}

/** A function of one edited text, to put in place of an old one: `code[index]`. */
export interface Retranslated {
  readonly function: TranslatedFunction;
  readonly code: EmittedFunction;
  /** Sites of the new text; their ids follow those of the translation. */
  readonly sites: readonly Site[];
  readonly firstSite: SiteId;
}

/**
 * Why something of the tree cannot be translated: one sentence that begins with file and line,
 * unless it is of no file.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly file: string;
  readonly line: number;
  readonly reason: string;

  constructor(file: string, line: number, reason: string) {
    super(file === '' ? reason : `${file}:${line}: ${reason}`);
    this.file = file;
    this.line = line;
    this.reason = reason;
  }
}

/** All refusals of one translation, in the order in which they were met. */
export class Refusals extends Error {
  override readonly name = 'Refusals';
  readonly refusals: readonly Refusal[];

  constructor(refusals: readonly Refusal[]) {
    super(refusals.map(({ message }) => message).join('\n'));
    this.refusals = refusals;
  }
}
