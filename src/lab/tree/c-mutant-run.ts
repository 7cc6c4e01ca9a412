// SPDX-License-Identifier: GPL-2.0-only
// What becomes of a mutant of the C? It is run like the mutant of a port: wave by wave in the units
// that run its line, until it is dead. Who lives is compared with the tree as it stands.

import { PortError } from '#explorer/run';
import type { Mutant } from '#mutation/mutant';
import type { SystemUnderTest } from '#vocabulary';
import type { LoadedTree } from '../../c/load.ts';
import { functionText, retranslate } from '../../c/retranslate.ts';
import { Refusal } from '../../c/translation.ts';
import { see } from '../compare.ts';
import { fromOutside, isTelling, type Proof, proofOf } from '../prove.ts';
import { runChosen } from '../settle.ts';
import { INVARIANTS } from '../suites.ts';
import { type Draw, tellStory } from '../task.ts';
import { runUnit, type Unit, type UnitResult, unitName, unitText } from '../unit.ts';
import { verdictOf, withProof } from '../verdict.ts';
import { costedBy, type Weights } from '../waves.ts';
import { loadedOf } from './tree-story.ts';
import type { CMutantAnswer, SeeTree } from './tree-task.ts';

/** A mutant, the units that run its line, and what the tree does in them, in one order. */
export interface CTrial {
  readonly mutant: Mutant;
  readonly units: readonly Unit[];
  readonly baseline: readonly UnitResult[];
}

/** Runs a mutant until it is settled. `seeTree`: what the tree shows in a unit as it stands. */
export function runCMutant(
  tree: LoadedTree,
  { mutant, units, baseline }: CTrial,
  seeTree: SeeTree,
  draw: Draw,
): CMutantAnswer {
  const system = mutatedSystem(tree, mutant);
  const affordable = units.map((unit, index) =>
    costedBy(OF_TREES, index, unit, baseline[index]!, 0),
  );
  const compared = affordable.filter(({ cost }) => cost <= COMPARED_MAX);
  const seen = new Map<string, ReturnType<typeof see>>();
  const run = (unit: Unit, isCompared: boolean): UnitResult => {
    if (!isCompared) return runUnit(system, unit, INVARIANTS);
    const shown = see(system, unit);
    seen.set(unitText(unitName(unit)), shown);
    return shown.result;
  };
  const results = new Map<number, UnitResult>();
  runChosen({ mutant, units, baseline, story: [], run }, { affordable, compared }, results);
  const ran = units.flatMap((_, index) => results.get(index) ?? []);
  const plain = verdictOf(mutant, ran, baseline);
  const { name, hash } = loadedOf(tree).tree!;
  const subjects = { mutant, system, port: tree.system, tree: { name, hash } };
  const all = compared.map(({ index }) => units[index]!);
  const proof =
    plain.verdict === 'survived'
      ? proofOf(
          { small: comparisons(all, system, seeTree, seen), larger: [], same: [] },
          subjects,
          draw,
        )
      : null;
  const verdict = withProof(plain, proof === null ? null : withinBounds(proof));
  const loaded = { ...loadedOf(tree), mutant, system };
  const told = { ...loaded, tree: { name: `${name}/${mutant.id}`, hash } };
  const story = tellStory([], told, { units, baseline }, verdict, draw);
  return { units: ran, verdict, story, witness: proof?.witness ?? null };
}

/**
 * Small units are too few to call a mutant equivalent, as one of a port may be that was compared in
 * larger ones as well: it survived, and counts as not detected.
 */
function withinBounds(proof: Proof): Proof {
  if (proof.verdict !== 'equivalent') return proof;
  const { reason } = proof;
  return { ...proof, verdict: 'survived', reason: reason.replace(/^equivalent/, NOT_TOLD) };
}

/** How the reason of a survivor begins that nothing tells from the tree. */
export const NOT_TOLD = 'not told from the tree';

function comparisons(
  units: readonly Unit[],
  system: SystemUnderTest,
  seeTree: SeeTree,
  seen: ReadonlyMap<string, ReturnType<typeof see>>,
) {
  return units
    .map((unit) => {
      const known = seen.get(unitText(unitName(unit)));
      const mutant = known?.result.isComplete === true ? known : see(system, unit);
      return fromOutside({ unit, port: seeTree(unit), mutant });
    })
    .filter(isTelling);
}

/** The tree with the edited function in the place of its own. */
export function mutatedSystem(tree: LoadedTree, mutant: Mutant): SystemUnderTest {
  const { function: name, edits } = mutant;
  return tree.withCode((translation) => {
    const made = translation.functionNamed.get(name);
    const file = tree.files.find(({ path }) => path === made?.file);
    // Of another size of host, which does not need the function.
    if (made === undefined || file === undefined) return translation;
    const code = [...translation.code];
    const edited = retranslated(() =>
      retranslate(translation, functionText(file, made), name, edits),
    );
    code[made.index] = edited.code;
    return { code, sites: [...translation.sites, ...edited.sites] };
  });
}

/** What C allows for one size of host it may not for another: then there is no answer. */
function retranslated<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refusal) throw new PortError(error.message);
    throw error;
  }
}

/** About how many microseconds a unit may take to be compared as well. */
const COMPARED_MAX = 300_000;

/** Fitted to the units of a tree of 3.17. No probes count what is entered. */
const OF_TREES: Weights = {
  exploration: 5_000,
  node: 27,
  state: 3.4,
  vm: 6_000,
  access: 1.2,
  entry: 0,
};
