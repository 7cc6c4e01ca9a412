// SPDX-License-Identifier: GPL-2.0-only
// What may an access see? The updater leaves a trail in a ghost cell: begin, publish and return of
// every call. Each access reads the trail before it begins and after it was handled, and what it
// saw must have been right at some moment in between. Two rulers are applied: `stale-after-update`
// allows the old answer until the call returns, `stale-in-window` only until the new slots are
// published.

import { perform } from '#explorer/run';
import type { CellId, Effect, Step } from '#explorer/step';
import { PLAIN, type World } from '#explorer/world';
import type { Access } from '#vocabulary';
import type { Call, Calls } from './calls.ts';
import { type MemoryMap, pageAt } from './memory-map.ts';

/** The trail: a text of `b`, `p` and `r`, one letter for each event. */
type Trail = string;

/** The invariant that a stale answer breaks after the call has returned. */
export type Staleness = 'stale-after-update' | 'zap-before-reuse';

/** What the guest may find at a gfn: a host page, or null for MMIO. */
type Answer = bigint | null;

export interface Violation {
  readonly invariant: string;
  readonly detail: string;
}

export class Oracle {
  readonly calls: readonly Call[];
  readonly #first: MemoryMap;
  readonly #ghost: CellId;
  readonly #staleness: Staleness;

  /**
   * Must be made in the world that the scenario runs in, before any call is made: a store that was
   * made once already leaves no trail.
   */
  constructor(world: World, published: CellId, { first, calls }: Calls, staleness: Staleness) {
    this.calls = calls;
    this.#first = first;
    this.#staleness = staleness;
    this.#ghost = world.cell('', () => 'ghost');
    world.attach(published, this.#leave(world, 'p'));
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
  begin(gfn: bigint): Trail {
    return perform(READ, this, gfn, null) as Trail;
  }

  readStep(world: World, gfn: bigint): Step {
    const text = `guest reads gfn 0x${gfn.toString(16)}`;
    return world.step(`begin ${text}`, () => {
      const starts = new Map<number, number>();
      return {
        ...PLAIN,
        observe: this.#ghost,
        project: (trail) => {
          let start = starts.get(trail);
          if (start === undefined) {
            start = world.intern(this.#earliest(world.valueOf(trail) as Trail, gfn));
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
  #earliest(trail: Trail, gfn: bigint): Trail {
    let start = trail;
    while (start.length > 0) {
      const earlier = start.slice(0, -1);
      const isWithin =
        includesAll(this.#settled(start, gfn), this.#settled(earlier, gfn)) &&
        includesAll(this.#published(start, gfn), this.#published(earlier, gfn));
      if (!isWithin) break;
      start = earlier;
    }
    return start;
  }

  /** Judges an access that began at `start`. One step: it reads the trail as it is now. */
  judge(start: Trail, gfn: bigint, access: Access): readonly Violation[] {
    const answer = answerOf(access);
    if (answer === undefined) return [];
    const text = perform(JUDGE, this, `${start}|${gfn}|${access.kind}`, {
      start,
      gfn,
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

  #judge({ start, gfn, access, answer }: Asked, now: Trail): Violation[] {
    const settled: Answer[] = [];
    const published: Answer[] = [];
    for (let length = start.length; length <= now.length; length++) {
      settled.push(...this.#settled(now.slice(0, length), gfn));
      published.push(...this.#published(now.slice(0, length), gfn));
    }
    if (answer !== null) {
      return settled.includes(answer) ? [] : [this.#wrongPage(gfn, answer, '')];
    }
    const began = count(now, 'b');
    const via = viaOf(access);
    const violations: Violation[] = [];
    if (!settled.includes(null)) violations.push(this.#wrongMmio(gfn, began, via));
    if (!published.includes(null)) violations.push(this.#staleInWindow(gfn, began, via));
    return violations;
  }

  /** Memory was reached that is not there. */
  #wrongPage(gfn: bigint, page: bigint, when: string): Violation {
    const maps = [this.#first, ...this.calls.map(({ after }) => after)];
    const wasThere = maps.some((map) => pageAt(map, gfn) === page);
    const detail = wasThere ? 'stale RAM' : 'a page that was never there';
    return { invariant: 'no-mapping-after-flush', detail: `${when}${detail}` };
  }

  /** RAM was taken for MMIO after the call had returned. */
  #wrongMmio(gfn: bigint, began: number, detail: string): Violation {
    if (this.#isLeftInvalid(gfn, began)) return { invariant: 'failed-update-restores', detail };
    // Only SPTEs hold numbers that come again: a vCPU's cache compares all 64 bits.
    const invariant = detail.endsWith('SPTE') ? this.#staleness : 'stale-after-update';
    return { invariant, detail };
  }

  /** RAM was taken for MMIO after it had been published. */
  #staleInWindow(gfn: bigint, began: number, via: string): Violation {
    if (this.#isLeftInvalid(gfn, began)) {
      return { invariant: 'failed-update-restores', detail: via };
    }
    // Numbers that come again make SPTEs valid that were stale: that is the reuse's fault.
    const isReuse = this.#staleness === 'zap-before-reuse' && via === 'SPTE';
    return isReuse
      ? { invariant: this.#staleness, detail: `${via}, before the call returns` }
      : { invariant: 'stale-in-window', detail: via };
  }

  /** One of the calls that began failed, and gfn belongs to the slot that it had made invalid. */
  #isLeftInvalid(gfn: bigint, began: number): boolean {
    return this.calls
      .slice(0, began)
      .some(({ mustUndo, invalid }) => mustUndo && pageAt(invalid, gfn) === null);
  }

  /** Answers that are right until the call returns. */
  #settled(trail: Trail, gfn: bigint): Answer[] {
    const call = this.calls[count(trail, 'b') - 1];
    if (call === undefined) return [pageAt(this.#first, gfn)];
    if (trail.endsWith('r')) return [pageAt(call.after, gfn)];
    return [pageAt(call.before, gfn), pageAt(call.invalid, gfn), pageAt(call.after, gfn)];
  }

  /** The answer by the slots that are published. */
  #published(trail: Trail, gfn: bigint): Answer[] {
    const call = this.calls[count(trail, 'b') - 1];
    if (call === undefined) return [pageAt(this.#first, gfn)];
    if (trail.endsWith('r')) return [pageAt(call.after, gfn)];
    const publishes = count(trail.slice(trail.lastIndexOf('b')), 'p');
    if (publishes === 0) return [pageAt(call.before, gfn)];
    // A mutant may publish less often than the call should: then MMIO is let pass to the end.
    if (publishes < call.publishes) return [pageAt(call.invalid, gfn)];
    return [pageAt(call.after, gfn)];
  }

  /** The map after all calls. */
  final(): MemoryMap {
    return this.calls.at(-1)?.after ?? this.#first;
  }

  /** Judges an access at rest, when every call has returned. No step. */
  judgeAtRest(gfn: bigint, access: Access): readonly Violation[] {
    const answer = answerOf(access);
    if (answer === undefined || answer === pageAt(this.final(), gfn)) return [];
    if (answer !== null) return [this.#wrongPage(gfn, answer, 'at rest, ')];
    return [this.#wrongMmio(gfn, this.calls.length, `at rest, ${viaOf(access)}`)];
  }
}

interface Asked {
  readonly start: Trail;
  readonly gfn: bigint;
  readonly access: Access;
  readonly answer: Answer;
}

const PASS = (world: World, oracle: Oracle, letter: 'b' | 'r', text: string) =>
  oracle.passStep(world, letter, text);
const READ = (world: World, oracle: Oracle, gfn: bigint) => oracle.readStep(world, gfn);
const JUDGE = (world: World, oracle: Oracle, key: string, asked: Asked) =>
  oracle.judgeStep(world, key, asked);

function includesAll(answers: readonly Answer[], others: readonly Answer[]): boolean {
  return others.every((other) => answers.includes(other));
}

function count(text: string, letter: string): number {
  return text.split(letter).length - 1;
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

function textOf({ gfn, access, answer }: Asked): string {
  const where = `gfn 0x${gfn.toString(16)}`;
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
