// SPDX-License-Identifier: GPL-2.0-only
// When is an answer of an earlier run the answer still? When everything that it was made from is
// the same, byte for byte: the port, the edits, the scenarios, the engines, all code on the way. A
// key is the hash of that. A file too many in it costs a run that was not needed; a file too few
// would be a wrong verdict.

import { createHash } from 'node:crypto';
import type { EraName } from '#vocabulary';
import { closureOf, Reader, ROOT } from './closure.ts';
import { encode } from './codec.ts';
import type { RunChoice } from './run.ts';
import type { Task } from './task.ts';
import type { UnitOrder } from './unit.ts';

/** Packages and the release of Node take part in what is parsed and loaded. */
const PLATFORM = ['package.json', `Node ${process.versions.node.split('.')[0]}`] as const;

/** Options that decide what is run and judged. */
type RunOption =
  | 'eras'
  | 'scenarios'
  | 'invariants'
  | 'memoryModel'
  | 'budgetStates'
  | 'families'
  | 'functions'
  | 'withSyntactic';

/** Keys of one run: sources are read once, so one run is about one state of them. */
export class Keys {
  readonly #reader: Reader;
  readonly #engine: string;
  readonly #known = new Map<string, string>();
  /** Of lists that many tasks share. */
  readonly #shared = new WeakMap<object, string>();

  /** `entry`: the module that workers run. */
  constructor(entry: URL, root: URL = ROOT) {
    this.#reader = new Reader(root);
    if (!entry.href.startsWith(root.href)) throw new Error(`${entry.href} is no file of ours`);
    const worker = entry.href.slice(root.href.length);
    this.#engine = this.#sources([worker, ...this.#reader.modulesIn('suites/invariants/')]);
  }

  /** False if a source was written meanwhile: what is found out from then on belongs to no key. */
  isCurrent(): boolean {
    return this.#reader.isCurrent();
  }

  /** The mutants of an era, and what else is made from mutants/. */
  corpus(era: EraName): string {
    const folders = ['operators', 'history', 'controls'];
    const makers = folders.flatMap((folder) => this.#reader.modulesIn(`mutants/${folder}/`));
    const sources = this.#sources(['src/lab/registry.ts', ...makers]);
    return hash('corpus', sources, era, this.#port(era));
  }

  /** The mutants that Stryker's rules make of an era: what is one of ours already is none. */
  syntactic(era: EraName): string {
    const options = this.#reader.read('tsconfig.json');
    return hash('syntactic', this.#sources(['src/lab/syntactic.ts']), options, this.corpus(era));
  }

  /** One mutant, or the port as it stands, in units. */
  task(task: Task): string {
    const { era, mutant, units, baseline, coverage, story, invariants, reaches } = task;
    const { own, isComplete, isCompared = false } = task;
    const about = [mutant, baseline === null, story, own, invariants];
    const rest = [...about, isComplete, isCompared, reaches];
    return hash(
      'task',
      this.#engine,
      this.#port(era),
      this.#once(units, () => hash(...units.map((unit) => this.#unit(unit)))),
      baseline === null ? '' : this.#once(baseline, () => hash(encode(baseline))),
      this.#once(coverage, () => hash(encode(coverage))),
      encode(rest),
    );
  }

  /** A mutant in a unit, whatever its budget, its name, and what is judged. */
  unit({ era, mutant }: Pick<Task, 'era' | 'mutant'>, unit: UnitOrder): string {
    const key = this.#unit({ ...unit, budgetStates: null });
    return hash('unit', this.#engine, this.#port(era), key, encode(mutant?.edits ?? []));
  }

  /** A unit that is asked about mutants, whoever they are. */
  asked({ era, units, isObserved = false }: Pick<Task, 'era' | 'units' | 'isObserved'>): string {
    const of = units.map((unit) => this.#unit(unit));
    return hash('asked', this.#engine, this.#port(era), ...of, encode(isObserved));
  }

  /** All that decides what a run finds: its sources and its choice. */
  run(choice: Pick<RunChoice, RunOption>): string {
    const { eras, scenarios, invariants, memoryModel, budgetStates } = choice;
    const ids = scenarios.map(({ id }) => id);
    const sources = this.#sources([...new Set(ids.map(pathOf))]);
    const corpora = eras.map((era) =>
      choice.withSyntactic ? this.syntactic(era) : this.corpus(era),
    );
    const chosen = [choice.families, choice.functions];
    const rest = encode([ids, invariants, memoryModel, budgetStates, chosen]);
    return hash('run', this.#engine, ...corpora, sources, rest);
  }

  #unit(unit: UnitOrder): string {
    // Of those in which ports are only compared the files are part of the engine.
    if (unit.scenario.startsWith('larger/')) return hash(encode(unit), '');
    const path = pathOf(unit.scenario);
    return hash(encode(unit), this.#known.get(path) ?? this.#keep(path, this.#sources([path])));
  }

  #port(era: EraName): string {
    const path = `reference/systems/${era}.ts`;
    return this.#known.get(path) ?? this.#keep(path, this.#sources([path]));
  }

  #keep(path: string, key: string): string {
    this.#known.set(path, key);
    return key;
  }

  #once(list: object, make: () => string): string {
    let key = this.#shared.get(list);
    if (key === undefined) {
      key = make();
      this.#shared.set(list, key);
    }
    return key;
  }

  #sources(entries: readonly string[]): string {
    const [manifest, node] = PLATFORM;
    const paths = closureOf(entries, this.#reader);
    return hash(
      node,
      this.#reader.read(manifest),
      ...paths.flatMap((path) => [path, this.#reader.read(path)]),
    );
  }
}

/** A scenario is named by its file, and by a size if the file has several. */
function pathOf(scenario: string): string {
  return `suites/${scenario.replace(/\..*$/, '')}.ts`;
}

/** Parts are told apart by their lengths. */
function hash(...parts: readonly string[]): string {
  const all = createHash('sha256');
  for (const part of parts) all.update(`${part.length}:`).update(part);
  return all.digest('hex');
}
