// SPDX-License-Identifier: GPL-2.0-only
// How is a mutated port loaded? As modules of its own, in memory: a loader hook hands out the text
// with the edits applied. Files that load no edited file are shared by all variants; src/linux and
// src/explorer stay single instances. Loaded modules stay for the life of the thread, so a worker
// that has loaded many is replaced.

import { registerHooks, stripTypeScriptTypes } from 'node:module';
import { applyEdits } from '#mutation/edits';
import { withFuel } from '#mutation/fuel';
import { type Mutant, MutationError } from '#mutation/mutant';
import { withSlots } from '#mutation/patch';
import { importersOf, type Port, type PortFile } from '#mutation/port';
import { countRegions, withProbes } from '#mutation/probes';
import { withSummaries } from '#mutation/summed';
import type { EraName, SystemUnderTest } from '#vocabulary';
import { COUNTERS } from './entries.ts';
import { portOf, REFERENCE } from './ports.ts';

/** Where a port's loops find spendFuel(): by address, since a port may lie in any folder. */
const FUEL = import.meta.resolve('#explorer/run');
/** Where its functions ask whether their calls are to be summarised. */
const SUMMED = import.meta.resolve('#linux/summed');
/** Where its probes find the counters. */
const ENTRIES = import.meta.resolve('./entries.ts');

/** What is added to the text of a port. */
interface Form {
  /** Every region counts how often it is entered. */
  readonly isProbed: boolean;
  /** Functions can be replaced, see src/mutation/patch.ts. */
  readonly isSlotted: boolean;
}

const PLAIN: Form = { isProbed: false, isSlotted: false };

/** One graph of modules; it is known by the number in the query of its URLs. */
interface Variant {
  readonly number: number;
  readonly port: Port;
  readonly root: URL;
  readonly mutant: Mutant | null;
  /** Files that have an instance of their own; all others are shared. */
  readonly own: ReadonlySet<string>;
  readonly form: Form;
  /** How many edits were applied to each edited file that was loaded. */
  readonly applied: Map<string, number>;
}

const variants = new Map<number, Variant>();
/** The variant without edits of each port, which all its mutants share. */
const shared = new Map<Port, number>();
const answers = new Map<string, ReturnType<Resolve>>();
const emitted = new Map<string, string>();
const formed = new Map<string, string>();
/** For each text with probes, the counter of its first region. */
const counters = new Map<string, number>();
let countersUsed = 0;
let hooked = false;
let last = 0;

/**
 * The system of an era, with the edits of a mutant or, for null, as it stands. Rejects with a
 * MutationError if the mutant could not be placed, and with whatever its code throws while loading.
 */
export function loadSystem(era: EraName, mutant: Mutant | null): Promise<SystemUnderTest> {
  return loadVariant(portOf(era), mutant);
}

/**
 * Loads the port below `root` as modules of their own and returns what its entry exports as
 * `system`. Throws unless every edit was applied to a file that was loaded.
 */
export async function loadVariant(
  port: Port,
  mutant: Mutant | null,
  root: URL = REFERENCE,
): Promise<SystemUnderTest> {
  const number = sharedNumber(port, root);
  if (mutant === null) return systemOf(variants.get(number)!);
  if (mutant.era !== port.era) throw new MutationError(`${mutant.id} is not of ${port.era}`);
  const own = importersOf(
    port,
    mutant.edits.map((edit) => edit.file),
  );
  const variant = newVariant({ port, root, mutant, own, form: PLAIN });
  try {
    const system = await systemOf(variant);
    checkPlaced(mutant, variant);
    return system;
  } finally {
    variants.delete(variant.number);
  }
}

/**
 * The port as it stands, with probes, in modules that nobody else has: what they do once, at their
 * first use, is still to be done.
 */
export async function loadProbed(port: Port, root: URL = REFERENCE): Promise<SystemUnderTest> {
  const own = new Set(port.files.keys());
  const variant = newVariant({
    port,
    root,
    mutant: null,
    own,
    form: { isProbed: true, isSlotted: false },
  });
  try {
    return await systemOf(variant);
  } finally {
    variants.delete(variant.number);
  }
}

/** A port whose functions can be replaced, one mutant after the other. */
export interface Slotted {
  readonly system: SystemUnderTest;
  /** Evaluates JavaScript in the scope of a file, given by its path. */
  readonly run: (path: string, code: string) => unknown;
}

/** The port as it stands, with slots, in modules that nobody else has. */
export async function loadSlotted(
  port: Port,
  isProbed: boolean,
  root: URL = REFERENCE,
): Promise<Slotted> {
  const own = new Set(port.files.keys());
  const variant = newVariant({
    port,
    root,
    mutant: null,
    own,
    form: { isProbed, isSlotted: true },
  });
  try {
    const system = await systemOf(variant);
    const scopes = new Map<string, (code: string) => unknown>();
    const urls = new Map<string, string>();
    for (const { path } of [...port.files.values()].filter(({ isMutated }) => isMutated)) {
      const { href } = new URL(`${path}?v=${variant.number}`, root);
      urls.set(path, href);
      scopes.set(path, ((await import(href)) as { $run: (code: string) => unknown }).$run);
    }
    const run = (path: string, code: string) =>
      scopes.get(path)!(`${code}\n//# sourceURL=${urls.get(path)}`);
    return { system, run };
  } finally {
    variants.delete(variant.number);
  }
}

/** The counter of the first region of a file that is loaded with probes. */
export function firstCounter(text: string): number {
  let first = counters.get(text);
  if (first === undefined) {
    first = countersUsed;
    countersUsed += countRegions(text);
    if (countersUsed > COUNTERS) throw new Error(`more than ${COUNTERS} regions`);
    counters.set(text, first);
  }
  return first;
}

async function systemOf({ port, root, number }: Variant): Promise<SystemUnderTest> {
  if (!hooked) {
    registerHooks({ resolve: resolveInVariant, load: loadInVariant });
    hooked = true;
  }
  const url = new URL(`${port.entry}?v=${number}`, root);
  const module = (await import(url.href)) as { readonly system: SystemUnderTest };
  return module.system;
}

function sharedNumber(port: Port, root: URL): number {
  const known = shared.get(port);
  if (known !== undefined) return known;
  const own = new Set(port.files.keys());
  const { number } = newVariant({ port, root, mutant: null, own, form: PLAIN });
  shared.set(port, number);
  return number;
}

function newVariant(how: Omit<Variant, 'number' | 'applied'>): Variant {
  const variant = { ...how, number: ++last, applied: new Map() };
  variants.set(variant.number, variant);
  return variant;
}

/** A mutant that was never in the code would survive everything, or seem to. */
function checkPlaced(mutant: Mutant, variant: Variant): void {
  for (const file of new Set(mutant.edits.map((edit) => edit.file))) {
    const wanted = mutant.edits.filter((edit) => edit.file === file).length;
    if (variant.applied.get(file) !== wanted) {
      throw new MutationError(`${mutant.id}: ${file} was not loaded with its ${wanted} edits`);
    }
  }
}

/** The variant that a URL belongs to, and its path below the root. */
function placeOf(url: string | undefined): { variant: Variant; path: string } | null {
  const match = /^(.*)\?v=(\d+)$/.exec(url ?? '');
  const variant = variants.get(Number(match?.[2]));
  if (match === null || variant === undefined) return null;
  if (!match[1]!.startsWith(variant.root.href)) return null;
  return { variant, path: decodeURI(match[1]!.slice(variant.root.href.length)) };
}

type Resolve = NonNullable<Parameters<typeof registerHooks>[0]['resolve']>;
type Load = NonNullable<Parameters<typeof registerHooks>[0]['load']>;

const resolveInVariant: Resolve = (specifier, context, next) => {
  const place = placeOf(context.parentURL);
  if (place === null) return next(specifier, context);
  const { variant, path: parent } = place;
  // The answer is the same for every variant, and Node asks the disk for it each time.
  const question = `${variant.root.href}${parent} ${specifier}`;
  let resolved = answers.get(question);
  if (resolved === undefined) {
    resolved = next(specifier, context);
    answers.set(question, resolved);
  }
  if (!resolved.url.startsWith(variant.root.href)) return { ...resolved, shortCircuit: true };
  const path = decodeURI(resolved.url.slice(variant.root.href.length).replace(/\?.*$/, ''));
  if (!variant.port.files.has(path)) {
    throw new MutationError(`${path} is loaded but was not found among the files of the port`);
  }
  const number = variant.own.has(path) ? variant.number : shared.get(variant.port)!;
  return { ...resolved, url: `${resolved.url}?v=${number}`, shortCircuit: true };
};

const loadInVariant: Load = (url, context, next) => {
  const place = placeOf(url);
  if (place === null) return next(url, context);
  const { variant, path } = place;
  const file = variant.port.files.get(path);
  if (file === undefined) throw new MutationError(`${path} is not a file of the port`);
  const edits = variant.mutant?.edits.filter((edit) => edit.file === path) ?? [];
  if (edits.length > 0) variant.applied.set(path, edits.length);
  const text = edits.length > 0 ? applyEdits(file.text, edits) : file.text;
  const { isProbed, isSlotted } = variant.form;
  const source =
    isProbed || isSlotted
      ? emitInForm(file, variant.form)
      : emit(text, file.isMutated, edits.length === 0);
  return { format: 'module', source, shortCircuit: true };
};

function emitInForm({ text, isMutated }: PortFile, form: Form): string {
  const hasSlots = form.isSlotted && isMutated;
  const key = `${form.isProbed} ${hasSlots} ${text}`;
  let source = formed.get(key);
  if (source === undefined) {
    source = form.isProbed ? withProbes(text, ENTRIES, firstCounter(text)) : text;
    if (hasSlots) source = withSlots(source);
    if (isMutated) source = withSummaries(source, SUMMED, text);
    source = stripTypes(withFuel(source, FUEL, hasSlots));
    formed.set(key, source);
  }
  return source;
}

/** JavaScript with fuel, on the lines of the TypeScript. Only texts that come again are kept. */
function emit(text: string, isMutated: boolean, keep: boolean): string {
  const known = emitted.get(text);
  if (known !== undefined) return known;
  // A text is of a file that is mutated, or of one that is not.
  const source = stripTypes(withFuel(isMutated ? withSummaries(text, SUMMED, text) : text, FUEL));
  if (keep) emitted.set(text, source);
  return source;
}

/** Node strips types of every file that it loads itself without a word; this way in warns once. */
export function stripTypes(text: string): string {
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(text);
  } finally {
    process.emitWarning = emitWarning;
  }
}
