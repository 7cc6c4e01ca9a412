// SPDX-License-Identifier: GPL-2.0-only
// What does the gate read? What must be (the contract), what may live and why (the baseline), and
// what was found. All three are files that people and other programs touch, so each is checked by
// hand, and whatever is wrong with it is one sentence.

import { UserError } from '#user-error';

export interface Schema {
  readonly name: string;
  readonly version: number;
}

/** A regression of the contract, with the invariants each of which must break. */
export interface Promised {
  readonly id: string;
  readonly breaks: readonly string[];
}

/** What every run must have. */
export interface Contract {
  readonly schema: Schema;
  readonly regressions: readonly Promised[];
  /**
   * Ids of all other mutants of a run without options, controls among them: one that is not there
   * any more is missed.
   */
  readonly mutants: readonly string[];
  /** Ids of those that only a run of all families has. */
  readonly more: readonly string[];
}

/** A mutant that may live. */
export interface Survivor {
  readonly id: string;
  readonly verdict: 'survived' | 'unknown';
  /** Why that is no hole in the suites; for people. */
  readonly reason: string;
}

export interface Baseline {
  readonly schema: Schema;
  readonly survivors: readonly Survivor[];
}

/** What the gate needs of a run's document. */
export interface Outcome {
  readonly sources: string;
  /** How many explorations were run. */
  readonly units: number;
  readonly problems: readonly string[];
  readonly isInterrupted: boolean;
  readonly verdicts: readonly OutcomeVerdict[];
}

export interface OutcomeVerdict {
  readonly id: string;
  readonly kind: 'operator' | 'syntactic' | 'regression' | 'control';
  readonly verdict: string;
  readonly reason: string;
  /** Invariants that broke by a rule, not by a crash. */
  readonly broken: readonly string[];
}

export const GATE = 'kvm-mutants/gate';
export const BASELINE = 'kvm-mutants/baseline';
export const VERDICTS = 'kvm-mutants/verdicts';
const VERSION = 1;
const KINDS = ['operator', 'syntactic', 'regression', 'control'] as const;

export function schemaNamed(name: string): Schema {
  return { name, version: VERSION };
}

/** What `--init` writes where only a person knows what to say. */
export const NO_REASON = '(to be filled in: why may this mutant live?)';

export function parseContract(name: string, text: string): Contract {
  const document = documentOf(name, text, GATE);
  const regressions = document.list('regressions').map((entry) => ({
    id: entry.text('id'),
    breaks: entry.texts('breaks'),
  }));
  for (const { id, breaks } of regressions) {
    if (breaks.length === 0) throw wrong(name, `${id} names no invariant in 'breaks'`);
  }
  const [mutants, more] = [document.texts('mutants'), document.texts('more')];
  checkOnce(name, [...mutants, ...more, ...regressions.map(({ id }) => id)]);
  return { schema: schemaNamed(GATE), regressions, mutants, more };
}

export function parseBaseline(name: string, text: string): Baseline {
  const survivors = documentOf(name, text, BASELINE)
    .list('survivors')
    .map((entry): Survivor => {
      const verdict = entry.text('verdict');
      if (verdict !== 'survived' && verdict !== 'unknown') {
        throw wrong(name, `the verdict of ${entry.text('id')} is neither survived nor unknown`);
      }
      return { id: entry.text('id'), verdict, reason: entry.text('reason') };
    });
  checkOnce(
    name,
    survivors.map(({ id }) => id),
  );
  return { schema: schemaNamed(BASELINE), survivors };
}

export function parseOutcome(name: string, text: string): Outcome {
  const document = documentOf(name, text, VERDICTS);
  const verdicts = document.list('verdicts').map((entry): OutcomeVerdict => {
    const kind = KINDS.find((known) => known === entry.text('kind'));
    if (kind === undefined) {
      throw wrong(name, `${entry.text('id')} is of no known kind`);
    }
    const rules = entry.list('kills').filter((kill) => kill.text('kind') === 'rule');
    return {
      id: entry.text('id'),
      kind,
      verdict: entry.text('verdict'),
      reason: entry.has('reason') ? entry.text('reason') : '',
      broken: [...new Set(rules.map((kill) => kill.text('invariant')))].sort(),
    };
  });
  checkOnce(
    name,
    verdicts.map(({ id }) => id),
  );
  return {
    sources: document.text('sources'),
    units: document.within('counts').count('units'),
    problems: document.texts('problems'),
    isInterrupted: document.flag('isInterrupted'),
    verdicts,
  };
}

function checkOnce(name: string, ids: readonly string[]): void {
  const seen = new Set<string>();
  for (const id of ids) {
    if (seen.has(id)) throw wrong(name, `${id} is there twice`);
    seen.add(id);
  }
}

function wrong(name: string, what: string): UserError {
  return new UserError(`${name}: ${what}`, 3);
}

function documentOf(name: string, text: string, schema: string): Fields {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw wrong(name, 'this is not JSON');
  }
  const document = new Fields(name, '', value);
  const head = document.within('schema');
  if (head.text('name') !== schema || head.count('version') !== VERSION) {
    throw wrong(name, `the schema is not ${schema} ${VERSION}`);
  }
  return document;
}

/** An object whose fields are asked for with their types; says where in which file one is wrong. */
class Fields {
  readonly #file: string;
  readonly #path: string;
  readonly #fields: Readonly<Record<string, unknown>>;

  constructor(file: string, path: string, value: unknown) {
    this.#file = file;
    this.#path = path;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw wrong(file, `${path === '' ? 'the document' : path} is not an object`);
    }
    this.#fields = value as Readonly<Record<string, unknown>>;
  }

  has(field: string): boolean {
    return Object.hasOwn(this.#fields, field);
  }

  text(field: string): string {
    return this.#typed(field, 'a text', (value) => typeof value === 'string');
  }

  count(field: string): number {
    return this.#typed(field, 'a count', (value) => Number.isInteger(value) && Number(value) >= 0);
  }

  flag(field: string): boolean {
    return this.#typed(field, 'true or false', (value) => typeof value === 'boolean');
  }

  texts(field: string): readonly string[] {
    const isTexts = (value: unknown) =>
      Array.isArray(value) && value.every((part) => typeof part === 'string');
    return this.#typed(field, 'a list of texts', isTexts);
  }

  list(field: string): Fields[] {
    const values = this.#typed<readonly unknown[]>(field, 'a list', Array.isArray);
    return values.map((value, i) => new Fields(this.#file, `${this.#at(field)}[${i}]`, value));
  }

  within(field: string): Fields {
    return new Fields(this.#file, this.#at(field), this.#fields[field]);
  }

  #typed<T>(field: string, what: string, is: (value: unknown) => boolean): T {
    const value = this.has(field) ? this.#fields[field] : undefined;
    if (!is(value)) throw wrong(this.#file, `${this.#at(field)} is not ${what}`);
    return value as T;
  }

  #at(field: string): string {
    return this.#path === '' ? field : `${this.#path}.${field}`;
  }
}
