// SPDX-License-Identifier: GPL-2.0-only
// How does an execution that was told become the story of a row? As a table as wide as a reply on a
// list, and as the steps that matter.

import type { Loaded, Told } from '#lab/tell';
import type { Unit } from '#lab/unit';
import { tellingFrame, whatMatters } from '../report/interleaving-table-choice.ts';
import { tableOf } from '../report/story-table.ts';
import type { Story, StoryStep } from '../review/values.ts';

const WIDTH = 72;

/** `subject`: what the story is of, such as the id of a mutant. */
export function toldStory(subject: string, loaded: Loaded, unit: Unit, told: Told): Story {
  const { replayed, breaks, schedule, invariant } = told;
  const steps = whatMatters(replayed, breaks).flatMap((item): StoryStep[] => {
    if (item.kind !== 'step') return [];
    const { thread, row } = item;
    return [{ thread, function: tellingFrame(row)?.function ?? null, text: row.text }];
  });
  const table = tableOf(loaded, unit, told, [invariant], false, WIDTH).trimEnd().split('\n');
  return { mutant: subject, schedule, table, threads: replayed.threads, steps };
}
