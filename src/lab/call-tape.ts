// SPDX-License-Identifier: GPL-2.0-only
// What does a sequence ask the functions of a port, and does a mutant answer alike? The sequence is
// run once on the port; every call of a function that some mutant edits is kept, with all that the
// call observed and did. If the edited functions of a mutant do the same in each of them that
// enters the edited code, the sequence goes with the mutant as with the port, step for step.

import { currentWorld } from '#explorer/run';
import type { World } from '#explorer/world';
import type { Edited } from '#mutation/edits';
import type { Port } from '#mutation/port';
import type { SystemUnderTest } from '#vocabulary';
import { Boots } from './boots.ts';
import { countersIn } from './coverage.ts';
import { entries } from './entries.ts';
import { exploredInOrder } from './explored.ts';
import type { Patched } from './patched.ts';
import type { Seen } from './sight.ts';
import {
  INVARIANTS,
  rulesNameOf,
  runSequential,
  type SequentialRun,
  type SequentialScenario,
} from './suites.ts';
import { lookedAt, type Unit } from './unit.ts';
import { Watched } from './watched.ts';

/** A mutant that a sequence can be asked about. */
interface Suspect {
  /** The functions that it edits. */
  readonly watched: readonly Watched[];
  /** Of the regions that it edits. */
  readonly counters: readonly number[];
}

/** All that a sequence asks the functions that some mutants edit. */
export class CallTape {
  readonly #patched: Patched;
  readonly #suspects: ReadonlyMap<Edited, Suspect>;
  readonly #boots: Boots;
  /** What the port shows; null before the sequence was run. */
  #seen: Seen | null = null;
  /** Counters of what was entered while no VM was made. */
  readonly #live = new Set<number>();
  readonly #booting = new Set<number>();
  readonly #worlds: World[] = [];
  /** What is decided once and kept outside of calls, by the counters that deciding enters. */
  readonly #kept = new Map<number, (() => boolean)[]>();

  /** Runs a sequence on the port as it stands, which must have slots and probes. */
  static of(port: Port, patched: Patched, unit: Unit, mutants: readonly Edited[]): CallTape | null {
    const { scenario } = unit;
    if (scenario.kind !== 'sequential') return null;
    const tape = new CallTape(port, patched, mutants);
    const observables: string[] = [];
    const run = tape.#record(scenario, unit.mmio, observables);
    const explored = exploredInOrder(run, observables);
    const era = rulesNameOf(patched.system);
    const { result, seen } = lookedAt(explored, era, unit, INVARIANTS);
    tape.#seen = { result, texts: seen };
    return tape;
  }

  /** What the port shows, which is all that can be told of it from outside. */
  get seen(): Seen {
    return this.#seen!;
  }

  /** Does the port enter any code that the mutant edits? */
  reaches(mutant: Edited): boolean {
    const suspect = this.#suspects.get(mutant);
    if (suspect === undefined) return true;
    return suspect.counters.some((at) => this.#live.has(at) || this.#booting.has(at));
  }

  private constructor(port: Port, patched: Patched, mutants: readonly Edited[]) {
    this.#patched = patched;
    const isCode = codeOf(patched);
    const watched = new Map<string, Watched>();
    const watch = (key: string): Watched => {
      const known = watched.get(key) ?? new Watched(patched.functions.get(key)!, isCode);
      watched.set(key, known);
      return known;
    };
    this.#suspects = new Map(
      mutants.flatMap((mutant): [Edited, Suspect][] => {
        const counters = countersIn(port, mutant);
        if (counters === null || !patched.takes(mutant)) return [];
        return [[mutant, { watched: patched.editedBy(mutant).map(watch), counters }]];
      }),
    );
    this.#boots = new Boots(patched.system);
  }

  #record(scenario: SequentialScenario, mmio: Unit['mmio'], trace: string[]): SequentialRun {
    const suspects = [...this.#suspects.values()];
    const watched = new Set(suspects.flatMap((one) => one.watched));
    const counters = new Set(suspects.flatMap((one) => one.counters));
    const flush = (into: Set<number>) => {
      for (const counter of counters) {
        if (entries[counter] === 0) continue;
        entries[counter] = 0;
        into.add(counter);
      }
    };
    flush(new Set());
    const system: SystemUnderTest = {
      era: this.#patched.system.era,
      boot: (gfns) => {
        flush(this.#live);
        this.#worlds.push(currentWorld());
        const vm = this.#boots.boot(gfns);
        flush(this.#booting);
        return vm;
      },
    };
    for (const one of watched) one.begin();
    const run = (() => {
      try {
        return runSequential(system, scenario, mmio, trace);
      } finally {
        for (const one of watched) one.end();
      }
    })();
    flush(this.#live);
    this.#askKept(flush);
    for (const one of watched) {
      const own = suspects.filter((suspect) => suspect.watched.includes(one));
      one.ask(new Set(own.flatMap((suspect) => suspect.counters)));
    }
    return run;
  }

  /** A host's answer that was kept is no part of any call or world that can be compared. */
  #askKept(flush: (into: Set<number>) => void): void {
    for (const again of this.#worlds.flatMap(({ kept }) => kept)) {
      const entered = new Set<number>();
      again();
      flush(entered);
      for (const counter of entered) {
        const known = this.#kept.get(counter);
        if (known === undefined) this.#kept.set(counter, [again]);
        else known.push(again);
      }
    }
  }

  /** Does the mutant answer each question as the port does? */
  isRepeatedBy(mutant: Edited): boolean {
    const suspect = this.#suspects.get(mutant);
    if (suspect === undefined) return false;
    const { watched, counters } = suspect;
    const isAsked = (counter: number) => watched.some((one) => one.enters(counter));
    if (watched.some((one) => one.isLost)) return false;
    if (counters.some((counter) => this.#live.has(counter) && !isAsked(counter))) return false;
    const boots = counters.some((counter) => this.#booting.has(counter));
    return this.#patched.with(mutant, () => {
      try {
        if (boots && !this.#boots.areRepeated()) return false;
        const kept = new Set(counters.flatMap((counter) => this.#kept.get(counter) ?? []));
        if (![...kept].every((again) => again())) return false;
        return watched.every((one) => one.isRepeated(counters));
      } catch {
        // Whatever it is, the port does not do it.
        return false;
      }
    });
  }
}

/** Tells what is a function of the port, and so remembers nothing. */
function codeOf(patched: Patched): (value: object) => boolean {
  const known = new Set<object>([...patched.functions.values()].map(({ code }) => code));
  return (value) => known.has(value);
}
