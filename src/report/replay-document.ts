// SPDX-License-Identifier: GPL-2.0-only
// What does a program read that wants an execution step by step?

import type { Replayed, ReplayRow } from '#explorer/replay';
import type { Schedule } from '#explorer/schedule';
import { turnsText } from '#explorer/schedule';
import type { Violation } from '#lab/unit';
import { schemaOf, TOOL } from './schema.ts';

export function replayDocument(
  schedule: Schedule,
  text: string,
  violations: readonly Violation[],
  replayed: Replayed,
): object {
  const { subject, scenario, memoryModel, bounds, turns, hash } = schedule;
  return {
    schema: schemaOf('replay'),
    tool: TOOL,
    schedule: text,
    subject,
    scenario,
    memoryModel,
    bounds,
    turns: turnsText(turns),
    hash,
    /** Null if the schedule stops while some thread can go on. */
    end: replayed.end,
    violations,
    steps: replayed.rows.map((row) => stepEntry(replayed, row)),
    atRest: replayed.atRest.map((row) => stepEntry(replayed, row)),
  };
}

function stepEntry({ threads }: Replayed, row: ReplayRow): object {
  const { thread, kind, turn, text, isDelayed, frames, events } = row;
  return { thread, name: threads[thread], kind, turn, text, isDelayed, frames, events };
}
