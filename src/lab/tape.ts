// SPDX-License-Identifier: GPL-2.0-only
// What does a unit ask the code of a port, and does a mutant answer alike? The port is explored
// once; every question to it is kept, with the regions that it enters.

import { EventTable } from '#explorer/events';
import { imprintOf } from '#explorer/imprint';
import { judgeOn, type Outcome } from '#explorer/outcome';
import type { Program } from '#explorer/program';
import { isRetraced, pathsOf, trailOf } from '#explorer/retrace';
import { eventsSoFar, type RunEvent } from '#explorer/run';
import { prepare, searchOf } from '#explorer/search';
import type { ValueId } from '#explorer/step';
import type { Value } from '#explorer/world';
import type { Edited } from '#mutation/edits';
import type { Port } from '#mutation/port';
import type { SystemUnderTest } from '#vocabulary';
import { countersIn, Entered } from './coverage.ts';
import { exploredBy } from './explored.ts';
import { faceOf } from './face.ts';
import { freshProgram } from './fresh-program.ts';
import type { Patched } from './patched.ts';
import type { Seen } from './sight.ts';
import { INVARIANTS, type InterleavingScenario, rulesNameOf } from './suites.ts';
import { lookedAt, type Unit } from './unit.ts';

/** Asks again; true if the answer is as it was. */
type Question = () => boolean;

/** All questions that a unit asks. */
export class Tape {
  readonly #port: Port;
  /** Makes the VM and all else anew; what comes out must be what came out before. */
  readonly #boot: Question;
  readonly #booting: ReadonlySet<number>;
  readonly #questions: Questions;
  /** Regions that are entered, and nobody knows by which question. */
  readonly #stray: ReadonlySet<number>;
  /** What the port shows; if the unit is observed, that is all that can be told from outside. */
  readonly seen: Seen;

  /** Explores a unit on the port as it stands, with probes. Null if it cannot be analysed. */
  static of(port: Port, system: SystemUnderTest, unit: Unit): Tape | null {
    const { scenario } = unit;
    if (scenario.kind !== 'interleaving') return null;
    const entered = new Entered(port);
    const make = () => made(system, scenario, unit);
    const { program, imprint } = make();
    const booting = new Set(entered.take());
    const questions = new Questions(entered);
    const outcome = explore(program, unit, scenario, questions);
    if (outcome === null) return null;
    const explored = exploredBy(outcome, '');
    const { result, seen } = lookedAt(explored, rulesNameOf(system), unit, INVARIANTS);
    const boot = () => make().imprint === imprint;
    return new Tape(port, boot, booting, questions, { result, texts: seen });
  }

  private constructor(
    port: Port,
    boot: Question,
    booting: ReadonlySet<number>,
    questions: Questions,
    seen: Seen,
  ) {
    this.seen = seen;
    this.#port = port;
    this.#boot = boot;
    this.#booting = booting;
    this.#questions = questions;
    this.#stray = new Set(questions.stray().filter((region) => !booting.has(region)));
  }

  /** Does the port enter any code that the mutant edits? */
  reaches(mutant: Edited): boolean {
    const regions = countersIn(this.#port, mutant);
    if (regions === null) return true;
    const isEntered = (region: number) =>
      this.#booting.has(region) || this.#stray.has(region) || this.#questions.enter(region);
    return regions.some(isEntered);
  }

  /** Does the mutant answer each question as the port does? `patched`: the port that was asked. */
  isRepeatedBy(mutant: Edited, patched: Patched): boolean {
    const regions = countersIn(this.#port, mutant);
    if (regions === null || regions.some((region) => this.#stray.has(region))) return false;
    const questions = this.#questions.entering(regions);
    const boots = regions.some((region) => this.#booting.has(region));
    return patched.with(mutant, () => {
      try {
        if (boots && !this.#boot()) return false;
        return questions.every((ask) => ask());
      } catch {
        // Whatever it is, the port does not do it.
        return false;
      }
    });
  }
}

/** A program in a new world, and all that its making leaves behind. */
function made(system: SystemUnderTest, scenario: InterleavingScenario, unit: Unit) {
  let face = '';
  const told: SystemUnderTest = {
    era: system.era,
    boot: (gfns) => {
      const vm = system.boot(gfns);
      face = faceOf(vm);
      return vm;
    },
  };
  const program = freshProgram(told, scenario, unit, unit.isObserved);
  return { program, imprint: `${face}\n${imprintOf(program.world)}` };
}

/** Every so many questions are put to the port itself, which must answer as it did. */
const CHECKED = 8;

/** Questions by the regions that they enter. */
class Questions {
  readonly #entered: Entered;
  readonly #all: Question[] = [];
  readonly #byRegion = new Map<number, number[]>();
  /** What is entered outside of questions. */
  readonly #outside = new Set<number>();

  constructor(entered: Entered) {
    this.#entered = entered;
  }

  /** What is entered from here on belongs to the next question. */
  begin(): void {
    for (const region of this.#entered.take()) this.#outside.add(region);
  }

  /** Adds a question that was asked since `begin()`. */
  end(ask: Question): void {
    const place = this.#all.length;
    this.#all.push(ask);
    for (const region of this.#entered.take()) {
      const places = this.#byRegion.get(region);
      if (places === undefined) this.#byRegion.set(region, [place]);
      else places.push(place);
    }
  }

  /** Throws if the port does not answer as it did: then it is no function of what it is asked. */
  check(): void {
    if (this.#all.some((ask, place) => place % CHECKED === 0 && !ask())) {
      throw new Error('the port does not answer as it did');
    }
    this.#entered.take();
  }

  /** Regions that are entered, and by no question. */
  stray(): number[] {
    this.begin();
    return [...this.#outside].filter((region) => !this.#byRegion.has(region));
  }

  /** Is a region entered by a question? */
  enter(region: number): boolean {
    return this.#byRegion.has(region);
  }

  entering(regions: readonly number[]): Question[] {
    const places = new Set(regions.flatMap((region) => this.#byRegion.get(region) ?? []));
    return [...places].map((place) => this.#all[place]!);
  }
}

/**
 * Explores a program and adds its questions. Null if it is cut short, if it is none of the reduced
 * search, or if a VM at rest fails.
 */
function explore(
  original: Program,
  { memoryModel, budgetStates, isObserved = false }: Unit,
  scenario: InterleavingScenario,
  questions: Questions,
): Outcome | null {
  const { world } = original;
  const events = new EventTable();
  const rests = new Set<string>();
  const told = (seen: readonly RunEvent[], observed: readonly Value[]) =>
    `${events.intern(seen)} ${observed.map((value) => world.intern(value)).join()}`;
  const answer = (thread: number, result: readonly Value[], at: readonly ValueId[]): string => {
    const memory = world.initial.map((initial, cell) => at[cell] ?? initial);
    const judged = judgeOn(original, memory, thread, result);
    return told(judged.events, judged.observed);
  };
  let failures = 0;
  const finale: Program['finale'] = (thread, result) => {
    const memory = world.memory.slice();
    questions.begin();
    failures++;
    const observed = original.finale(thread, result);
    failures--;
    const key = `${thread} ${result.map((value) => world.intern(value)).join()} ${memory.join()}`;
    if (rests.has(key)) return observed;
    rests.add(key);
    const first = told(eventsSoFar(), observed);
    questions.end(() => answer(thread, result, memory) === first);
    return observed;
  };
  const program = { ...original, finale };
  const options = {
    memoryModel,
    budgetStates: budgetStates ?? scenario.budgetStates,
    wantEnds: false,
    wantObservables: isObserved,
  };
  const prepared = prepare(program, options);
  if (prepared === null) return null;
  const outcome = searchOf(program, prepared, options);
  if (!outcome.isComplete || failures > 0) return null;
  for (const path of pathsOf(prepared.automata)) {
    questions.begin();
    const trail = trailOf(original, path, events);
    questions.end(() => isRetraced(original, trail, events));
  }
  for (const again of world.kept) {
    questions.begin();
    again();
    questions.end(again);
  }
  questions.check();
  return outcome;
}
