// SPDX-License-Identifier: GPL-2.0-only
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { Crash, runDirectly, unfold } from '#explorer/run';
import { World } from '#explorer/world';
import type { Edit, Mutant } from '#mutation/mutant';
import { type Port, readPort } from '#mutation/port';
import { loadVariant } from './variants.ts';

const RUN = import.meta.resolve('#explorer/run');
const FILES: Record<string, string> = {
  'systems/v3.17.ts': [
    "import { turns } from '../v3.17/main.ts';",
    "import { leaf } from '../v3.17/leaf.ts';",
    `import { Crash } from '${RUN}';`,
    'export const system = { turns, leaf, Crash };',
  ].join('\n'),
  'v3.17/main.ts': [
    "import { leaf } from './leaf.ts';",
    'export function turns(): number {',
    '  let n: number = 0;',
    '  for (let i = 0; i < 3; i++) n += leaf.step;',
    '  if (n > 100) throw new Error();',
    '  return n;',
    '}',
  ].join('\n'),
  'v3.17/leaf.ts': 'export const leaf = { step: 1 };',
  'v3.17/idle.ts': 'export const idle = 1;',
};

const folder = mkdtempSync(join(tmpdir(), 'kvm-mutants-variants-'));
const root = pathToFileURL(`${folder}/`);
for (const [path, text] of Object.entries(FILES)) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}
afterAll(() => rmSync(folder, { recursive: true }));

const port = readPort('v3.17', (path) => readFileSync(join(folder, path), 'utf8'));

interface System {
  readonly turns: () => number;
  readonly leaf: object;
  readonly Crash: unknown;
}

function mutant(file: string, original: string, replacement: string): Mutant {
  const start = FILES[file]!.indexOf(original);
  const edit: Edit = { file, start, end: start + original.length, original, replacement };
  return {
    id: `v3.17/${original}`,
    era: 'v3.17',
    kind: 'operator',
    name: '',
    family: null,
    function: '',
    file,
    edits: [edit],
    description: '',
    diff: '',
    sameAs: null,
  };
}

async function load(mutated: Mutant | null, from: Port = port): Promise<System> {
  return (await loadVariant(from, mutated, root)) as unknown as System;
}

const world = () => new World({ threads: 1, allocator: 0, granularity: 'object', config: {} });
const run = (system: System) => unfold(world(), 0, 0, [], () => [system.turns()]);

test('variants stand beside each other and beside the port', async () => {
  const two = await load(mutant('v3.17/main.ts', 'leaf.step;', '2;'));
  const nine = await load(mutant('v3.17/main.ts', 'i < 3', 'i < 9'));
  const none = await load(null);
  expect([two, nine, none].map((system) => run(system).result)).toEqual([[6], [9], [3]]);
});

test('a file that loads no edited file is shared, an edited one never', async () => {
  const none = await load(null);
  const main = await load(mutant('v3.17/main.ts', 'i < 3', 'i < 9'));
  const leaf = await load(mutant('v3.17/leaf.ts', 'step: 1', 'step: 5'));
  expect(main.leaf).toBe(none.leaf);
  expect(leaf.leaf).not.toBe(none.leaf);
  expect(run(leaf).result).toEqual([15]);
});

test('what a port stands on is never loaded a second time', async () => {
  const system = await load(mutant('v3.17/leaf.ts', 'step: 1', 'step: 5'));
  expect(system.Crash).toBe(Crash);
});

test('a loop without end that touches no shared field is a crash', async () => {
  const system = await load(mutant('v3.17/main.ts', 'i++', 'n++'));
  expect(run(system).crash).toBe('Error: no progress: 1000000 turns of a loop');
});

test('lines of a variant are the lines of the port', async () => {
  const system = await load(mutant('v3.17/leaf.ts', 'step: 1', 'step: 50'));
  let stack = '';
  try {
    runDirectly(world(), -1, system.turns);
  } catch (error) {
    stack = (error as Error).stack ?? '';
  }
  expect(stack).toMatch(/main\.ts\?v=\d+:5:/);
});

test('an edit whose file is not loaded is an error', async () => {
  const idle = { path: 'v3.17/idle.ts', text: FILES['v3.17/idle.ts']! };
  const more: Port = {
    ...port,
    files: new Map([
      ...port.files,
      [idle.path, { ...idle, imports: [], isMutated: true, scopes: [], statements: [] }],
    ]),
  };
  await expect(load(mutant('v3.17/idle.ts', 'idle', 'busy'), more)).rejects.toThrow(
    'v3.17/idle: v3.17/idle.ts was not loaded with its 1 edits',
  );
});

test('an edit that was made for another text is an error', async () => {
  const stale = mutant('v3.17/main.ts', 'i < 3', 'i < 9');
  const edits = stale.edits.map((edit) => ({ ...edit, original: 'i < 4' }));
  await expect(load({ ...stale, edits })).rejects.toThrow('another text');
});

test('a mutant of another era is an error', async () => {
  const other: Mutant = { ...mutant('v3.17/main.ts', 'i < 3', 'i < 9'), era: 'v3.16' };
  await expect(load(other)).rejects.toThrow('is not of v3.17');
});

test('loading prints nothing, where no test runner keeps warnings back', () => {
  const script = `
    import { readFileSync } from 'node:fs';
    import { loadVariant } from ${JSON.stringify(import.meta.resolve('./variants.ts'))};
    import { readPort } from ${JSON.stringify(import.meta.resolve('#mutation/port'))};
    const root = new URL(${JSON.stringify(root.href)});
    const port = readPort('v3.17', (path) => readFileSync(new URL(path, root), 'utf8'));
    const mutant = ${JSON.stringify(mutant('v3.17/main.ts', 'i < 3', 'i < 7'))};
    console.log(Object.keys(await loadVariant(port, mutant, root)).join());
  `;
  const args = ['--input-type=module', '--eval', script];
  const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect({ stdout, stderr }).toEqual({ stdout: 'turns,leaf,Crash\n', stderr: '' });
});
