// SPDX-License-Identifier: GPL-2.0-only
// What may an access see? The updater leaves a trail in a ghost cell: begin, publish and return of
// every call. Each access reads the trail before it begins and after it was handled, and what it
// saw must have been right at some moment in between. Two rulers are applied: `stale-after-update`
// allows the old answer until the call returns, `stale-in-window` only until the new slots are
// published.

import { perform } from '#explorer/run';
import { type CellId, type Effect, PLAIN, type Step } from '#explorer/step';
import type { World } from '#explorer/world';
import type { Access } from '#vocabulary';
import type { Calls } from './calls.ts';
import { type Place, pageAt } from './memory-map.ts';
import { type Answer, count, type Rulers, type Trail, Truth, type Violation } from './truth.ts';

export class Oracle {
  readonly truth: Truth;
  readonly #ghost: CellId;

  /**
   * Must be made in the world that the scenario runs in, before any call is made: a store that was
   * made once already leaves no trail. `published` has a cell for each address space.
   */
  constructor(world: World, published: readonly CellId[], calls: Calls, rulers: Rulers) {
    this.truth = new Truth(calls, rulers);
    this.#ghost = world.cell('', () => 'ghost');
    for (const cell of published) world.attach(cell, this.#leave(world, 'p'));
  }

  /** Begins the trail: what was published so far is where the scenario begins. */
  forget(world: World): void {
    world.memory[this.#ghost] = world.intern('');
  }

  #leave(world: World, letter: string): Effect {
    return {
      cell: this.#ghost,
      from: -1,
      blind: false,
      apply: (old) => world.intern(`${world.valueOf(old) as string}${letter}`),
    };
  }

  /** The updater passes a point that tables show. */
  pass(letter: 'b' | 'r', text: string): void {
    perform(PASS, this, letter, text);
  }

  passStep(world: World, letter: string, text: string): Step {
    return world.step(`pass ${letter} ${text}`, () => ({
      ...PLAIN,
      effects: [this.#leave(world, letter)],
      describe: () => ({ text, show: null }),
    }));
  }

  /**
   * Where the trail stands when an access to gfn begins. Starts that no judgement can tell apart
   * are the same text: the earliest of them.
   */
  begin(at: Place, who: 'guest reads' | 'KVM uses' = 'guest reads'): Trail {
    return perform(READ, this, at, who) as Trail;
  }

  readStep(world: World, at: Place, who: string): Step {
    const text = `${who} ${placeText(at)}`;
    return world.step(`begin ${text}`, () => {
      const starts = new Map<number, number>();
      return {
        ...PLAIN,
        observe: this.#ghost,
        project: (trail) => {
          let start = starts.get(trail);
          if (start === undefined) {
            start = world.intern(this.#earliest(world.valueOf(trail) as Trail, at));
            starts.set(trail, start);
          }
          return start;
        },
        describe: () => ({ text, show: null }),
      };
    });
  }

  /**
   * A judgement joins the answers of every moment since the start. A moment that adds none to those
   * of the one after it changes no judgement, so it may be the start as well.
   */
  #earliest(trail: Trail, at: Place): Trail {
    let start = trail;
    while (start.length > 0) {
      const earlier = start.slice(0, -1);
      const isWithin =
        includesAll(this.truth.settled(start, at), this.truth.settled(earlier, at)) &&
        includesAll(this.truth.published(start, at), this.truth.published(earlier, at));
      if (!isWithin) break;
      start = earlier;
    }
    return start;
  }

  /** Judges an access that began at `start`. One step: it reads the trail as it is now. */
  judge(start: Trail, at: Place, access: Access): readonly Violation[] {
    const answer = answerOf(access);
    if (answer === undefined) return [];
    const text = perform(JUDGE, this, `${start}|${placeText(at)}|${access.kind}`, {
      start,
      at,
      access,
      answer,
    });
    return parse(text as string);
  }

  judgeStep(world: World, key: string, asked: Asked): Step {
    return world.step(`judge ${key} ${asked.answer}`, () => {
      const verdicts = new Map<number, number>();
      return {
        ...PLAIN,
        observe: this.#ghost,
        project: (trail) => {
          let verdict = verdicts.get(trail);
          if (verdict === undefined) {
            const found = this.#judge(asked, world.valueOf(trail) as Trail);
            verdict = world.intern(found.map((v) => `${v.invariant}\t${v.detail}`).join('\n'));
            verdicts.set(trail, verdict);
          }
          return verdict;
        },
        describe: () => ({ text: textOf(asked), show: null }),
      };
    });
  }

  #judge({ start, at, access, answer }: Asked, now: Trail): Violation[] {
    const settled: Answer[] = [];
    const published: Answer[] = [];
    for (let length = start.length; length <= now.length; length++) {
      settled.push(...this.truth.settled(now.slice(0, length), at));
      published.push(...this.truth.published(now.slice(0, length), at));
    }
    if (answer !== null) {
      return settled.includes(answer) ? [] : [this.truth.wrongPage(at, answer, '')];
    }
    const began = count(now, 'b');
    const via = viaOf(access);
    const violations: Violation[] = [];
    if (!settled.includes(null)) violations.push(this.truth.wrongMmio(at, began, via));
    if (!published.includes(null)) violations.push(this.truth.staleInWindow(at, began, via));
    return violations;
  }

  /**
   * Was it right, at some moment since `start`, that the page of KVM's own use lies there, or that
   * there is none? The old answer may be given until the call returns. One step, like judge().
   */
  mayUse(start: Trail, at: Place, page: Answer): boolean {
    return perform(USE, this, `${start}|${placeText(at)}|${page}`, { start, at, page }) as boolean;
  }

  useStep(world: World, key: string, { start, at, page }: Used): Step {
    return world.step(`use ${key}`, () => ({
      ...PLAIN,
      observe: this.#ghost,
      project: (trail) => {
        const now = world.valueOf(trail) as Trail;
        const lengths = Array.from({ length: now.length - start.length + 1 }, (_, i) => i);
        const moments = lengths.map((more) => now.slice(0, start.length + more));
        return world.intern(moments.some((to) => this.truth.settled(to, at).includes(page)));
      },
      describe: () => ({
        text: `${placeText(at)} is ${page === null ? 'refused' : `page 0x${page.toString(16)}`}`,
        show: null,
      }),
    }));
  }

  /** Judges an access at rest, when every call has returned. No step. */
  judgeAtRest(at: Place, access: Access): readonly Violation[] {
    const answer = answerOf(access);
    if (answer === undefined || answer === pageAt(this.truth.final(), at)) return [];
    if (answer !== null) return [this.truth.wrongPage(at, answer, 'at rest, ')];
    return [this.truth.wrongMmio(at, this.truth.calls.length, `at rest, ${viaOf(access)}`)];
  }
}

interface Used {
  readonly start: Trail;
  readonly at: Place;
  readonly page: Answer;
}

interface Asked {
  readonly start: Trail;
  readonly at: Place;
  readonly access: Access;
  readonly answer: Answer;
}

const PASS = (world: World, oracle: Oracle, letter: 'b' | 'r', text: string) =>
  oracle.passStep(world, letter, text);
const READ = (world: World, oracle: Oracle, at: Place, who: string) =>
  oracle.readStep(world, at, who);
const USE = (world: World, oracle: Oracle, key: string, used: Used) =>
  oracle.useStep(world, key, used);
const JUDGE = (world: World, oracle: Oracle, key: string, asked: Asked) =>
  oracle.judgeStep(world, key, asked);

function includesAll(answers: readonly Answer[], others: readonly Answer[]): boolean {
  return others.every((other) => answers.includes(other));
}

/** What an access says about memory; undefined if it says nothing yet. */
function answerOf(access: Access): Answer | undefined {
  if (access.kind === 'ram') return access.pfn;
  return access.kind.startsWith('mmio') ? null : undefined;
}

const VIA: Record<string, string> = {
  'mmio-spte': 'SPTE',
  'mmio-vcpu': 'vCPU cache',
  'mmio-lookup': 'lookup',
  ram: 'mapping',
};

function viaOf(access: Access): string {
  return VIA[access.kind] ?? access.kind;
}

/** How tables name a place. */
function placeText({ gfn, space }: Place): string {
  return `gfn 0x${gfn.toString(16)}${space === 1 ? ' in SMM' : ''}`;
}

function textOf({ at, access, answer }: Asked): string {
  const where = placeText(at);
  if (answer !== null) return `${where} is RAM, page 0x${answer.toString(16)}`;
  return access.kind === 'mmio-lookup'
    ? `${where} is emulated as MMIO`
    : `${where} is emulated as MMIO, by the ${viaOf(access)}`;
}

function parse(text: string): Violation[] {
  if (text === '') return [];
  return text.split('\n').map((line) => {
    const [invariant = '', detail = ''] = line.split('\t');
    return { invariant, detail };
  });
}
