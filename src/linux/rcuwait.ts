// SPDX-License-Identifier: GPL-2.0-only
// include/linux/rcuwait.h and the part of include/linux/sched.h that it stands on: one task sleeps
// until another one wakes it. A task that is woken before it sleeps does not sleep; one that nobody
// wakes sleeps for ever, and the explorer calls that a deadlock.

import { currentThread, currentWorld, perform } from '#explorer/run';
import { PLAIN, type Step } from '#explorer/step';
import type { World } from '#explorer/world';
import { apart, s32 } from './fields.ts';
import { type Of, struct } from './struct.ts';

export const TASK_RUNNING = 0;
export const TASK_UNINTERRUPTIBLE = 2;

/** Who waits: the number of its thread counted from 1, or 0 for nobody. */
export const rcuwait = struct('rcuwait', { task: apart(s32) });
export type rcuwait = Of<typeof rcuwait>;

const STATE = 'task state';

/** Every task has a state of its own; made with the first rcuwait of a world. */
export function rcuwait_init(w: rcuwait): void {
  const world = currentWorld();
  if (!world.registry.has(STATE)) world.registry.set(STATE, world.ownCell());
  w.task = 0;
}

function stateCell(world: World): number {
  const cell = world.registry.get(STATE);
  if (cell === undefined) throw new TypeError('a task sleeps before rcuwait_init()');
  return cell;
}

const SET = (world: World, state: number): Step =>
  world.step(`set_current_state:${state}`, () => ({
    ...PLAIN,
    effects: [{ cell: stateCell(world), from: -1, blind: true, apply: () => world.intern(state) }],
    fence: true,
    describe: () => ({ text: `set_current_state(${state})`, show: null }),
  }));

const SLEEP = (world: World): Step =>
  world.step('schedule', () => {
    const running = world.intern(TASK_RUNNING);
    return {
      ...PLAIN,
      waits: [{ cell: stateCell(world), ready: (value) => value === running }],
      fence: true,
      describe: () => ({ text: 'schedule()', show: null }),
    };
  });

const WAKE = (world: World, task: number): Step =>
  world.step(`wake_up_process:${task}`, () => ({
    ...PLAIN,
    effects: [
      {
        cell: world.resolve(stateCell(world), task - 1),
        from: -1,
        blind: true,
        apply: () => world.intern(TASK_RUNNING),
      },
    ],
    fence: true,
    describe: () => ({ text: `wake_up_process(${task})`, show: null }),
  }));

/** Says in which state the thread is for schedule(): it sleeps unless it is TASK_RUNNING. */
export function set_current_state(state: number): void {
  perform(SET, state, null, null);
}

/** Sleeps until the thread is TASK_RUNNING. */
export function schedule(): void {
  perform(SLEEP, null, null, null);
}

/** From now on wake-ups reach the thread that runs. */
export function prepare_to_rcuwait(w: rcuwait): void {
  w.task = currentThread() + 1;
}

export function finish_rcuwait(w: rcuwait): void {
  w.task = 0;
  set_current_state(TASK_RUNNING);
}

/** Wakes who waits, if anybody does. True if there was somebody. */
export function rcuwait_wake_up(w: rcuwait): boolean {
  const { task } = w;
  if (task !== 0) perform(WAKE, task, null, null);
  return task !== 0;
}
