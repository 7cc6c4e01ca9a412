// SPDX-License-Identifier: GPL-2.0-only
// Is anything lost when a run is killed, doubled or cut? The real command is started in an empty
// folder and killed with no chance to tidy up; then what it left must be enough, and no more.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import type { Ran } from './command-lines.ts';

const ENTRY = fileURLToPath(new URL('../src/cli/kvm-mutants.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'kvm-mutants-keeping-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Cheap, since one scenario is run, and only with a part of the mutants. */
const CHOICE = [
  ...['run', '--era', 'v3.16', '--scenario', 'spte/fields-are-disjoint'],
  ...['--family', 'all'],
];
/** With enough of them to be killed in between four times. */
const PART = ['--shard', '3/30'];
/** The port alone is more than may be explored: all reports are written, and no mutant is run. */
const VOID = [
  ...['run', '--era', 'v3.16', '--scenario', 'mmio-cache/a-created-slot-is-seen.1v1u1f'],
  ...['--budget-states', '5'],
];
const CACHE = join(folder, '.cache/kvm-mutants');
const REPORTS = join(folder, 'reports');
const LONG = 600_000;

function kvmMutants(...args: string[]): Ran {
  const options = { encoding: 'utf8', cwd: folder, maxBuffer: 1 << 28 } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [ENTRY, ...args], options);
  return { status, stdout, stderr };
}

function started(...args: string[]): ChildProcess {
  return spawn(process.execPath, [ENTRY, ...args], { cwd: folder, stdio: 'ignore' });
}

const ended = (child: ChildProcess) =>
  new Promise<NodeJS.Signals | null>((resolve) => child.on('exit', (_, signal) => resolve(signal)));

/** Kills a run as soon as something is so. Returns false if it ended before. */
async function killedWhen(args: readonly string[], isSo: () => boolean): Promise<boolean> {
  const child = started(...args);
  const timer = setInterval(() => isSo() && child.kill('SIGKILL'), 1);
  const signal = await ended(child);
  clearInterval(timer);
  return signal === 'SIGKILL';
}

const namesIn = (path: string) => (existsSync(path) ? readdirSync(path) : []);

/** Keys of all whole lines of the cache. */
function keys(): string[] {
  return namesIn(CACHE).flatMap((name) =>
    readFileSync(join(CACHE, name), 'utf8')
      .split('\n')
      .slice(1, -1)
      .map((line) => line.slice(0, 80)),
  );
}

function reports(): Record<string, string> {
  const names = readdirSync(REPORTS, { recursive: true, encoding: 'utf8' });
  return Object.fromEntries(
    names
      .filter((name) => name.includes('.'))
      .map((name) => [name, readFileSync(join(REPORTS, name), 'utf8')]),
  );
}

test('a run that is killed again and again does nothing twice', { timeout: LONG }, async () => {
  const args = [...CHOICE, ...PART];
  for (const more of [1, 2, 3, 4]) {
    const before = keys().length;
    expect(await killedWhen(args, () => keys().length >= before + more)).toBe(true);
    expect(keys().length).toBeGreaterThanOrEqual(before + more);
  }
  expect(existsSync(REPORTS)).toBe(false);
  const ran = kvmMutants(...args);
  const found = reports();
  expect(ran.stderr).toBe('');
  const all = keys();
  expect(new Set(all).size).toBe(all.length);
  // With nothing new to do it says the same, and keeps nothing more.
  expect(kvmMutants(...args)).toEqual(ran);
  expect(reports()).toEqual(found);
  expect(keys()).toEqual(all);
  // And so does a run that knows nothing.
  expect(kvmMutants(...args, '--no-cache')).toEqual(ran);
  expect(reports()).toEqual(found);
  rmSync(REPORTS, { recursive: true });
});

test('a run that is killed while it writes reports leaves whole ones', {
  timeout: LONG,
}, async () => {
  const ran = kvmMutants(...VOID);
  const found = reports();
  expect(ran.stdout).toContain('This run is void');
  for (const left of [1, 3, 5]) {
    rmSync(REPORTS, { recursive: true });
    await killedWhen(VOID, () => namesIn(REPORTS).length >= left);
    for (const [name, text] of Object.entries(reports())) {
      if (!name.endsWith('.tmp')) expect(text).toBe(found[name]);
    }
  }
  expect(kvmMutants(...VOID)).toEqual(ran);
  expect(reports()).toEqual(found);
});

test('shards, in any order, merge to the bytes of the whole', { timeout: LONG }, () => {
  const whole = kvmMutants(...VOID);
  const found = reports();
  rmSync(REPORTS, { recursive: true });
  const shard = (k: number) => kvmMutants(...VOID, '--shard', `${k}/3`).stderr;
  expect([3, 1].map(shard)).toEqual(['', '']);
  expect(kvmMutants('report', '--merge', 'reports')).toEqual({
    status: 3,
    stdout: '',
    stderr: 'kvm-mutants: missing: shard 2/3\n',
  });
  shard(2);
  expect(kvmMutants('report', '--merge', 'reports')).toEqual(whole);
  for (const k of [1, 2, 3]) rmSync(join(REPORTS, `shard-${k}-of-3.json`));
  expect(reports()).toEqual(found);
});

test('any number of workers, with a cache or without, finds the same', { timeout: LONG }, () => {
  const file = join(REPORTS, 'shard-5-of-120.json');
  const found = ['1', '2', '8'].map((workers) => {
    const args = [...CHOICE, '--shard', '5/120', '--workers', workers];
    const { stdout } = kvmMutants(...args, ...(workers === '8' ? [] : ['--no-cache']));
    return { stdout, text: readFileSync(file, 'utf8') };
  });
  expect(found[1]).toEqual(found[0]);
  expect(found[2]).toEqual(found[0]);
  rmSync(file);
});

test('two runs in one folder at once say the same, and lose nothing', {
  timeout: LONG,
}, async () => {
  rmSync(CACHE, { recursive: true });
  const both = ['1/120', '2/120'].map((shard) => ended(started(...CHOICE, '--shard', shard)));
  expect(await Promise.all(both)).toEqual([null, null]);
  const before = keys().length;
  for (const shard of ['1/120', '2/120']) kvmMutants(...CHOICE, '--shard', shard);
  expect(keys()).toHaveLength(before);
});

test('a damaged cache costs a warning and time, and never a verdict', () => {
  const args = [...CHOICE, '--shard', '5/120'];
  const file = join(REPORTS, 'shard-5-of-120.json');
  const sound = { ...kvmMutants(...args), text: readFileSync(file, 'utf8') };
  for (const name of namesIn(CACHE)) {
    const path = join(CACHE, name);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replaceAll('"killed"', '"living"'));
    appendFileSync(path, '\0\xff{}\n{"key":');
  }
  const { stderr, ...rest } = kvmMutants(...args);
  expect({ ...rest, stderr: '', text: readFileSync(file, 'utf8') }).toEqual(sound);
  expect(stderr).toMatch(/^(kvm-mutants: warning: [^\n]*damaged[^\n]*\n)+$/);
});

test('a folder of reports that is none is one sentence, after the result', () => {
  rmSync(REPORTS, { recursive: true });
  writeFileSync(REPORTS, '');
  const { status, stdout, stderr } = kvmMutants(...CHOICE, '--shard', '5/120');
  expect(status).not.toBe(0);
  expect(stdout).toContain('Not checked');
  expect(stderr).toMatch(/^kvm-mutants: reports\S* cannot be written: [^\n]+\n$/);
});
