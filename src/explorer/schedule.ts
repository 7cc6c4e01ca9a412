// SPDX-License-Identifier: GPL-2.0-only
// How is a schedule written down? As one word that says what it belongs to, needs no quoting in a
// shell and replays the execution: `<subject>@<scenario>@<memory model>@<bounds>@<turns>@<hash>`.
// Turns count real steps, so no reduction is needed to replay them.

import { createHash } from 'node:crypto';
import { UserError } from '#user-error';
import type { MemoryModel } from './program.ts';

/** A maximal run of steps of one thread, whose stores reach memory at once: `0.4`. */
export interface StepTurn {
  readonly thread: number;
  readonly steps: number;
}

/** One step of a thread, a store that goes to the thread's store buffer first: `1d`. */
export interface DelayTurn {
  readonly thread: number;
  readonly isDelayed: true;
}

/**
 * A delayed store of a thread reaches memory: `1f2` is the one with two older ones in the buffer.
 */
export interface FlushTurn {
  readonly thread: number;
  readonly flush: number;
}

export type Turn = StepTurn | DelayTurn | FlushTurn;

export interface Schedule {
  /** An era, or the id of a mutant. */
  readonly subject: string;
  /** The id of a scenario. */
  readonly scenario: string;
  readonly memoryModel: MemoryModel;
  /** Size and host of the scenario, such as `1v1u1f-ept`. */
  readonly bounds: string;
  readonly turns: readonly Turn[];
  /** Eight hexadecimal digits of the sources that the schedule was found on. */
  readonly hash: string;
}

const MODELS: readonly MemoryModel[] = ['sc', 'pso-release'];
const WORD = /^[A-Za-z0-9._/+-]+$/;
const TURN = /^(0|[1-9]\d{0,2})(?:\.([1-9]\d{0,5})|f(0|[1-9]\d{0,3})|d)$/;

/** Eight hexadecimal digits for a text, such as the sources of a port and a suite. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

export function turnsText(turns: readonly Turn[]): string {
  return turns.map(turnText).join('-');
}

function turnText(turn: Turn): string {
  if ('steps' in turn) return `${turn.thread}.${turn.steps}`;
  return 'flush' in turn ? `${turn.thread}f${turn.flush}` : `${turn.thread}d`;
}

/** The schedule as one word. */
export function scheduleText(schedule: Schedule): string {
  const { subject, scenario, memoryModel, bounds, turns, hash } = schedule;
  return [subject, scenario, memoryModel, bounds, turnsText(turns), hash].join('@');
}

/** Reads a schedule back. Throws a UserError that names the part that is wrong. */
export function parseSchedule(text: string): Schedule {
  const parts = text.split('@');
  if (parts.length !== 6) {
    throw new UserError(
      `a schedule has six parts between '@' (subject, scenario, memory model, bounds, turns, ` +
        `hash), not ${parts.length}`,
    );
  }
  const [subject, scenario, model, bounds, turns, hash] = parts as [string, ...string[]];
  for (const [what, part] of [
    ['subject', subject],
    ['scenario', scenario],
    ['bounds', bounds],
  ] as const) {
    if (!WORD.test(part!)) throw new UserError(`the schedule's ${what} '${part}' is not a name`);
  }
  const memoryModel = MODELS.find((known) => known === model);
  if (memoryModel === undefined) {
    throw new UserError(`the schedule's memory model is '${model}', not ${MODELS.join(' or ')}`);
  }
  if (!/^[0-9a-f]{8}$/.test(hash!)) {
    throw new UserError(`the schedule's hash '${hash}' is not eight hexadecimal digits`);
  }
  return {
    subject,
    scenario: scenario!,
    memoryModel,
    bounds: bounds!,
    turns: parseTurns(turns!),
    hash: hash!,
  };
}

/** Reads turns such as `0.4-1.5-0.1`. An empty text is the schedule without steps. */
export function parseTurns(text: string): Turn[] {
  if (text === '') return [];
  return text.split('-').map((part, i): Turn => {
    const match = TURN.exec(part);
    if (match === null) {
      throw new UserError(
        `turn ${i + 1} of the schedule is '${part}', not like '0.4' (thread 0, four steps), ` +
          `'1d' (a store of thread 1 is delayed) or '1f0' (its oldest one reaches memory)`,
      );
    }
    const [, thread, steps, flush] = match;
    if (steps !== undefined) return { thread: Number(thread), steps: Number(steps) };
    if (flush !== undefined) return { thread: Number(thread), flush: Number(flush) };
    return { thread: Number(thread), isDelayed: true };
  });
}
