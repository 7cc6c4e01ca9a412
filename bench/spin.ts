// SPDX-License-Identifier: GPL-2.0-only
// What does SPIN say about a model? Runs spin, gcc and the verifier they make in a folder of its
// own, each with a limit of time, and reads the verifier's figures.

import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SpinRun {
  /** Milliseconds of wall time: spin writes C, gcc compiles it, the verifier runs. */
  readonly generateMs: number;
  readonly compileMs: number;
  readonly runMs: number;
  readonly figures: SpinFigures;
  /** What the verifier printed. */
  readonly output: string;
}

export interface SpinFigures {
  readonly states: number;
  readonly transitions: number;
  readonly errors: number;
  readonly memoryMb: number;
}

/** Why there are no figures. */
export interface SpinFailure {
  readonly failure: string;
}

export interface SpinOptions {
  /** SPIN's own partial-order reduction. */
  readonly reduces: boolean;
  /** Let gcc optimise the verifier: for figures, not for checks. */
  readonly optimises: boolean;
  /** Milliseconds for each of the three programs. */
  readonly limitMs: number;
  readonly memoryLimitMb: number;
}

/** What is missing to run SPIN at all; null if nothing is. */
export function missingTool(): string | null {
  for (const tool of ['spin', 'gcc']) {
    const args = tool === 'spin' ? ['-V'] : ['--version'];
    if (spawnSync(tool, args, { stdio: 'ignore' }).status !== 0) return tool;
  }
  return null;
}

/** Explores a model to its end, without stopping at errors. */
export async function runSpin(model: string, options: SpinOptions): Promise<SpinRun | SpinFailure> {
  const folder = await mkdtemp(join(tmpdir(), 'kvm-mutants-spin-'));
  try {
    await writeFile(join(folder, 'model.pml'), model);
    return await runIn(folder, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runIn(folder: string, options: SpinOptions): Promise<SpinRun | SpinFailure> {
  const { limitMs, memoryLimitMb, reduces, optimises } = options;
  const generated = await run('spin', ['-a', 'model.pml'], folder, limitMs);
  if (generated.status !== 0) return failed('spin', generated);
  const flags = [optimises ? '-O2' : '-O0', '-w', '-DSAFETY', `-DMEMLIM=${memoryLimitMb}`];
  if (!reduces) flags.push('-DNOREDUCE');
  const compiled = await run('gcc', [...flags, '-o', 'pan', 'pan.c'], folder, limitMs);
  if (compiled.status !== 0) return failed('gcc', compiled);
  // All errors, no trails, no list of unreached code, no complaints about stuck states.
  const verifier = ['-c0', '-n', '-E', '-m100000'];
  const explored = await run(join(folder, 'pan'), verifier, folder, limitMs);
  if (explored.status !== 0) return failed('verifier', explored);
  const figures = figuresOf(explored.output);
  if ('failure' in figures) return figures;
  return {
    generateMs: generated.ms,
    compileMs: compiled.ms,
    runMs: explored.ms,
    figures,
    output: explored.output,
  };
}

/** Reads the figures that a verifier prints. */
export function figuresOf(output: string): SpinFigures | SpinFailure {
  const cut = /max search depth too small|out of memory|memory limit|interrupted/i.exec(output);
  if (cut !== null) return { failure: `verifier: ${cut[0]}` };
  const number = (pattern: RegExp) => Number(pattern.exec(output)?.[1] ?? Number.NaN);
  const figures = {
    states: number(/^\s*([\d.e+]+) states, stored/m),
    transitions: number(/^\s*([\d.e+]+) transitions/m),
    errors: number(/errors: (\d+)/),
    memoryMb: number(/^\s*([\d.]+)\s+total actual memory usage/m),
  };
  if (Object.values(figures).some(Number.isNaN)) return { failure: 'verifier: no figures' };
  return figures;
}

interface Ran {
  readonly status: number | null;
  readonly isCut: boolean;
  readonly ms: number;
  readonly output: string;
}

function failed(what: string, { isCut, output }: Ran): SpinFailure {
  return { failure: isCut ? `${what}: over the limit` : `${what}: ${output.trim().slice(-200)}` };
}

/** Runs a program in a process group of its own, which is ended when the time is over. */
export async function run(
  program: string,
  args: readonly string[],
  cwd: string,
  limitMs: number,
): Promise<Ran> {
  const begin = performance.now();
  const child = spawn(program, args, { cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  let isCut = false;
  const timer = setTimeout(() => {
    isCut = true;
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  }, limitMs);
  const status = await new Promise<number | null>((resolve) => {
    child.on('error', () => resolve(null));
    child.on('close', resolve);
  });
  clearTimeout(timer);
  const ms = performance.now() - begin;
  return { status, isCut, ms, output: Buffer.concat(chunks).toString('utf8') };
}
