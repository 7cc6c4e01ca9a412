// SPDX-License-Identifier: GPL-2.0-only

import { expect, test } from 'vitest';
import * as waiting from '#explorer/litmus/correct/grace-period-waits-for-earlier-readers';
import { type Litmus, programOf } from '#explorer/litmus/litmus';
import { litmus as oppositeLocks } from '#explorer/litmus/wrong/opposite-locks';
import { MachineSearch } from '#explorer/machine-search';
import { Findings } from '#explorer/outcome';
import type { Program } from '#explorer/program';
import { randomProgram } from '#explorer/random-programs';
import { type Prepared, prepare } from '#explorer/search';
import { ALL_REDUCTIONS, type SearchOptions } from '#explorer/search-options';
import { endOf, promelaOf } from './promela.ts';
import { anyOf } from './promela-op.ts';
import { programOfSize } from './sizes.ts';
import { missingTool, runSpin } from './spin.ts';

const OPTIONS: SearchOptions = {
  memoryModel: 'sc',
  budgetStates: 100_000,
  wantEnds: true,
  reductions: { ...ALL_REDUCTIONS, fuse: false, symmetry: false },
};

function prepared(program: Program): Prepared {
  const made = prepare(program, OPTIONS);
  if (made === null) throw new Error('the program cannot be completed');
  return made;
}

const modelOf = (litmus: Litmus) => {
  const program = programOf(litmus);
  return promelaOf(program, prepared(program).machine, false);
};

test('two threads that take two locks in opposite order, as a model', async () => {
  await expect(modelOf(oppositeLocks)).toMatchFileSnapshot('golden/opposite-locks.pml');
});

test('a reader and a grace period, as a model', async () => {
  await expect(modelOf(waiting.litmus)).toMatchFileSnapshot('golden/grace-period.pml');
});

test('like threads share a proctype, and each operation has one label in it', () => {
  const program = programOfSize('2v1u1f c');
  const { machine } = prepared(program);
  const model = promelaOf(program, machine, false);
  expect(model.match(/^active .*$/gm)).toEqual([
    'active [2] proctype group0() {',
    'active [1] proctype group1() {',
  ]);
  const labels = model.match(/^(S|end_)\d+:/gm)!;
  const [vcpus, updater] = model.split('proctype').slice(1);
  for (const part of [vcpus!, updater!]) {
    const own = part.match(/^(S|end_)\d+:/gm)!;
    expect(new Set(own).size).toBe(own.length);
    for (const [, target] of part.matchAll(/goto (\w+)/g)) expect(own).toContain(`${target}:`);
  }
  expect(labels.length).toBeGreaterThan(40);
});

test('a condition with a part that always holds is none', () => {
  expect(anyOf(['a==1', null])).toBeNull();
  expect(anyOf(['a==1'])).toBe('a==1');
  expect(anyOf(['a==1', 'b==2'])).toBe('(a==1 || b==2)');
});

test('a line of the verifier becomes the end state that it prints', () => {
  const program = programOf(oppositeLocks);
  const { machine } = prepared(program);
  const zeros = ' 0'.repeat(machine.threads + machine.cells.length);
  const end = endOf(program, machine, `END${zeros}`);
  // No thread has moved: for us that is a state in which both wait for ever.
  expect(end?.kind).toBe('deadlock');
  expect(end?.results).toEqual([[], []]);
  expect(endOf(program, machine, 'pan: elapsed time 0.06 seconds')).toBeNull();
});

/** What SPIN finds in a program, and what we do without private steps and symmetry. */
async function both(make: () => Program) {
  const program = make();
  const { machine, events, nodes } = prepared(program);
  const model = promelaOf(program, machine, true);
  const limits = { reduces: false, optimises: false, limitMs: 60_000, memoryLimitMb: 1_000 };
  const run = await runSpin(model, limits);
  if ('failure' in run) throw new Error(run.failure);
  const findings = new Findings(program, events, true);
  for (const line of run.output.split('\n')) {
    const end = endOf(program, machine, line);
    if (end !== null) findings.end(end);
  }
  const spin = findings.outcome(true, { states: 0, transitions: 0, executions: 0, nodes: 0 });
  const again = make();
  const other = prepared(again);
  const ours = new MachineSearch(again, other.machine, other.events, nodes, OPTIONS).run();
  return { figures: run.figures, spin, ours };
}

const missing = missingTool();

test.skipIf(missing !== null)(
  'SPIN visits the states that we do and ends where we end',
  async () => {
    for (const make of [
      () => programOfSize('1v1u1f c'),
      () => programOf(waiting.litmus),
      () => randomProgram(1),
      () => randomProgram(20),
    ]) {
      const { figures, spin, ours } = await both(make);
      expect(figures.errors).toBe(0);
      expect(spin.ends).toEqual(ours.ends);
      expect(spin.ends.length).toBeGreaterThan(0);
      // At each end the process that prints takes a step and ends; the first state counts as a
      // step.
      const printed = 2 * ours.endCount;
      expect(figures.states).toBe(ours.counts.states + printed);
      expect(figures.transitions).toBe(ours.counts.transitions + 1 + printed);
    }
  },
);
