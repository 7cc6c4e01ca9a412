// SPDX-License-Identifier: GPL-2.0-only
// What does a review know before it reads a patch? Ports, regressions, invariants, and what a run
// found out about each function; read from their folders, without parsing a port.

import { existsSync, readFileSync } from 'node:fs';
import { modulesOf } from '#lab/modules';
import { ERAS, INVARIANTS } from '#lab/suites';
import type { Regression } from '#mutation/mutant';
import type { EvidenceDocument } from '../review/evidence.ts';
import { portedFunctions } from '../review/ported.ts';
import { type Knowledge, loadRules } from '../review/rule.ts';
import { loadShapes } from '../review/shapes.ts';

const ROOT = new URL('../../', import.meta.url);

/** The summary of a run that is kept with the code. */
export const EVIDENCE = new URL('../review/evidence.json', import.meta.url);

export async function knowledge(): Promise<Knowledge> {
  const eras = ERAS.map(({ name }) => name);
  const read = (path: string) => readFileSync(new URL(`reference/${path}`, ROOT), 'utf8');
  const [regressions, shapes, rules] = await Promise.all([
    modulesOf<Regression>(new URL('mutants/history/', ROOT), 'regression'),
    loadShapes(),
    loadRules(),
  ]);
  const ported = portedFunctions(eras, read);
  return { eras, invariants: INVARIANTS, regressions, ported, shapes, rules, evidence: evidence() };
}

function evidence(): EvidenceDocument | null {
  if (!existsSync(EVIDENCE)) return null;
  return JSON.parse(readFileSync(EVIDENCE, 'utf8')) as EvidenceDocument;
}
