// SPDX-License-Identifier: GPL-2.0-only
// What does a user see? The real command is started in an empty folder, and judged by what it
// prints and by its exit status.

import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { ended, inOneProcess, type Ran } from './command-lines.ts';

const ENTRY = fileURLToPath(new URL('../src/cli/kvm-mutants.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'kvm-mutants-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SCENARIO = 'mmio-cache/a-created-slot-is-seen.1v1u1f';
const BUG = 'v3.17/history/single-increment';
const SMALL = ['--family', 'order', '--scenario', `${SCENARIO},spte/fields-are-disjoint`];
const SMALL_RUN = ['run', '--era', 'v3.17', ...SMALL];

function kvmMutants(...args: string[]): Ran {
  const options = { encoding: 'utf8', cwd: folder, maxBuffer: 1 << 28 } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, [ENTRY, ...args], options);
  return { status, stdout, stderr };
}

/** Hashes of sources change with every change of the suites; nothing else may. */
const withoutHash = (text: string) => text.replace(/@[0-9a-f]{8}\b/g, '@HASH');

const golden = (name: string) => `./golden/${name}.txt`;
const NAMES = 'run report gate explore check mutate replay explain list review backport conform';
const KINDS = ['eras', 'invariants', 'scenarios', 'operators', 'regressions', 'mutants'];

test('without a command the commands are listed, and that is wrong usage', async () => {
  const { status, stdout } = kvmMutants();
  expect(status).toBe(2);
  await expect(stdout).toMatchFileSnapshot(golden('help'));
  expect(kvmMutants('help')).toEqual({ status: 0, stdout, stderr: '' });
});

test.each(NAMES.split(' '))('%s --help prints a manual page', async (command) => {
  const { status, stdout, stderr } = kvmMutants(command, '--help');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  await expect(stdout).toMatchFileSnapshot(golden(`help-${command}`));
  // Examples are for copying, so they are not broken.
  const [text = ''] = stdout.split('EXAMPLES');
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
});

test('help COMMAND prints the manual page, COMMAND -h a few lines', () => {
  expect(kvmMutants('help', 'list').stdout).toBe(kvmMutants('list', '--help').stdout);
  expect(kvmMutants('list', '-h').stdout).toMatch(/^usage: kvm-mutants list KIND/);
});

test.each(KINDS)('list %s names one thing a line', async (kind) => {
  const { status, stdout, stderr } = kvmMutants('list', kind);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  await expect(stdout).toMatchFileSnapshot(golden(`list-${kind}`));
});

test('a list as a document has as many items as lines', () => {
  const lines = kvmMutants('list', 'eras').stdout.trimEnd().split('\n');
  const document = JSON.parse(kvmMutants('list', 'eras', '--json').stdout);
  expect(document.schema).toEqual({ name: 'kvm-mutants/list', version: 1 });
  expect(document.items).toHaveLength(lines.length);
});

test('explore shows the bug of the regression, and replay shows it again', async () => {
  const explored = kvmMutants('explore', SCENARIO, '--mutant', BUG);
  expect(explored.status).toBe(1);
  await expect(withoutHash(explored.stdout)).toMatchFileSnapshot(golden('explore'));
  const [, schedule = ''] = /^replay: (\S+)$/m.exec(explored.stdout)!;
  const replayed = kvmMutants('replay', schedule);
  expect(replayed.status).toBe(1);
  expect(replayed.stdout).toMatch(/^v3\.17\/history\/single-increment\n/);
  expect(explored.stdout).toContain(replayed.stdout.trimEnd());
});

test('the port as it stands breaks only what it is known to break', async () => {
  const { status, stdout } = kvmMutants('explore', 'mmio-cache/a-created-slot-is-seen.1v1u2f');
  expect(status).toBe(0);
  expect(stdout).toContain('known  stale-in-window: vCPU cache');
  expect(stdout).not.toContain('BREAKS');
});

test('three engines find the same', () => {
  const found = ['reduced', 'plain', 'dpor'].map((engine) => {
    const args = ['explore', SCENARIO, '--mutant', BUG, '--engine', engine, '--json'];
    const { explorations } = JSON.parse(kvmMutants(...args).stdout);
    return explorations[0].units.map((unit: { violations: unknown }) => unit.violations);
  });
  expect(found[0]![0]).not.toEqual([]);
  expect(found[1]).toEqual(found[0]);
  expect(found[2]).toEqual(found[0]);
});

test('another size is explored, and its schedule says which', () => {
  const args = ['explore', SCENARIO, '--mutant', BUG, '--exits', '2', '--mask', 'shadow'];
  const { status, stdout } = kvmMutants(...args);
  expect(status).toBe(1);
  expect(stdout).toContain('1 vCPU, 1 update, 2 exits, shadow paging');
  const [, schedule = ''] = /^replay: (\S+)/m.exec(stdout)!;
  expect(schedule).toContain('@1v1u2f-shadow@');
  expect(kvmMutants('replay', schedule).stdout).toContain('2 exits, shadow paging');
});

test('a spent budget is unknown, with a status of its own', () => {
  const { status, stdout } = kvmMutants('explore', SCENARIO, '--budget-states', '5');
  expect(status).toBe(3);
  expect(stdout).toContain('UNKNOWN: the budget of 5 states is spent');
});

test('a run whose budget is too small for the port itself is unknown', () => {
  const { status, stdout } = kvmMutants(...SMALL_RUN, '--budget-states', '5');
  expect(status).toBe(3);
  expect(stdout).toMatch(/void.*is not complete: the budget of 5 states is spent/s);
  expect(stdout).not.toContain('score 0');
});

test('a commit of the kernel is explained by 12 digits of its id', async () => {
  const { status, stdout } = kvmMutants('explain', 'ee3d1570b586');
  expect(status).toBe(0);
  await expect(stdout).toMatchFileSnapshot(golden('explain-commit'));
});

test.each([
  ['invariant', 'stale-after-update'],
  ['operator', 'no-sync'],
  ['mutant', 'v3.17/install_new_memslots/no-sync.1'],
  ['scenario', SCENARIO],
])('explain knows the %s %s', async (what, name) => {
  const { status, stdout } = kvmMutants('explain', name);
  expect(status).toBe(0);
  await expect(stdout).toMatchFileSnapshot(golden(`explain-${what}`));
});

const AT = `${SCENARIO}@sc@1v1u1f-ept`;
const WRONG: readonly (readonly [args: readonly string[], sentence: RegExp])[] = [
  [['rum'], /no command 'rum'; did you mean run,/],
  [['run', '--frobnicate'], /Unknown option '--frobnicate'; see kvm-mutants run -h/],
  [['run', '--era', 'v3.71'], /no era 'v3.71'; did you mean (v3\.1\d, )?v3\.1\d or v3\.1\d\?/],
  [
    ['run', '--scenario', 'mmio-cache/a-created-slot'],
    /did you mean mmio-cache\/a-created-slot-is/,
  ],
  [['run', '--workers', '0'], /--workers must be a whole number from 1 to 64, not '0'/],
  [['run', '--report', 'ktap,junt'], /no format 'junt'; did you mean junit,/],
  [['run', '--shard', '4/3'], /a shard is written k\/n, such as 2\/3/],
  [['report'], /usage: kvm-mutants report --merge FILE\|FOLDER/],
  [['run', '-C', 'nowhere'], /-C nowhere: there is no such folder/],
  [['explore', 'mmio-cache'], /no scenario 'mmio-cache'; did you mean /],
  [['explore', '--vcpus', '2'], /need one scenario/],
  [['explore', SCENARIO, '--vcpus', '5'], /vCPUs must be from 1 to 4, not 5/],
  [['explore', SCENARIO, '--updates', '2'], /updates of .* must be from 0 to 1, not 2/],
  [['explore', SCENARIO, '--invariant', 'stale'], /no invariant 'stale'; did you mean stale-/],
  [['explore', SCENARIO, '--engine', 'dpr'], /no engine 'dpr'; did you mean dpor/],
  [['explore', SCENARIO, '--mutant', 'no-sync.1'], /did you mean v3\.1\d\/\w+\/no-sync\.1/],
  [['explore', SCENARIO, '--memory-model', 'tso'], /must be sc or pso-release, not 'tso'/],
  [['replay'], /usage: kvm-mutants replay SCHEDULE/],
  [['replay', '0.4-1.5'], /six parts/],
  [['replay', `v3.18@${AT}@0.4@00000000`], /no era 'v3.18'; did you mean v3\.1/],
  [['replay', 'v3.17@nowhere@sc@1v1u1f-ept@0.4@00000000'], /no scenario 'nowhere'/],
  [['replay', `v3.17@${SCENARIO}@sc@1x1-ept@0.4@00000000`], /bounds are '1x1-ept'/],
  [['replay', `v3.17@${AT}@0.4x@00000000`], /turn 1 of the schedule is '0.4x'/],
  [['replay', `v3.17@${AT}@0.4@00000000`], /other sources: its hash is 00000000/],
  [['explain', 'stale-after-updat'], /did you mean stale-after-update/],
  [['list', 'mutant'], /no kind 'mutant'; did you mean mutants/],
];

const refused = inOneProcess(
  folder,
  WRONG.map(([args]) => args),
);

test.each(WRONG.map(([args, sentence], i) => [args.join(' '), sentence, refused[i]!] as const))(
  'kvm-mutants %s: one sentence',
  (_, sentence, { status, stdout, stderr }) => {
    expect(stderr).toMatch(sentence);
    expect(stderr).toMatch(/^kvm-mutants: [^\n]+\n$/);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  },
);

test('the process itself ends with the status', () => {
  const { status, stdout, stderr } = kvmMutants('rum');
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toMatch(/^kvm-mutants: there is no command 'rum'/);
});

test('rubbish as long as ten megabytes gets one short sentence', () => {
  const file = join(folder, 'rubbish.mjs');
  writeFileSync(
    file,
    `import { main } from ${JSON.stringify(new URL('../src/cli/main.ts', import.meta.url).href)};
     await main(['replay', '\\x00\\n' + 'x'.repeat(10_000_000)]);`,
  );
  const { status, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' });
  expect(status).toBe(2);
  expect(stderr.length).toBeLessThan(1100);
  expect(stderr).toMatch(/^kvm-mutants: [\x20-\x7e]+\n$/);
});

test('a schedule that the threads cannot follow is no verdict', () => {
  const explored = kvmMutants('explore', SCENARIO, '--mutant', BUG).stdout;
  const [, schedule = ''] = /^replay: (\S+)$/m.exec(explored)!;
  const parts = schedule.split('@');
  const { status, stderr } = kvmMutants('replay', parts.with(4, '0.999').join('@'));
  expect(stderr).toMatch(/the schedule does not fit: turn 1/);
  expect(status).toBe(3);
});

/** All files of a folder, by path. */
function filesIn(path: string): Record<string, string> {
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    names
      .filter((name) => /\.\w+$/.test(name) && !/(^|\/)tables$/.test(name))
      .map((name) => [name, readFileSync(join(path, name), 'utf8')]),
  );
}

test('a run gives the same bytes again', () => {
  const runs = ['1', '2'].map((workers) => {
    const { status, stdout, stderr } = kvmMutants(...SMALL_RUN, '--workers', workers);
    return { status, stdout, stderr, files: filesIn(join(folder, 'reports')) };
  });
  expect(runs[0]!.stderr).toBe('');
  expect(Object.keys(runs[0]!.files)).toContain('verdicts.json');
  expect(runs[0]!.files['tables/v3.17_history_single-increment.txt']).toContain(
    'breaks stale-after-update',
  );
  expect(runs[1]).toEqual(runs[0]);
});

test('the gate of a run that left something out does not know', () => {
  expect(kvmMutants('gate').stderr).toMatch(
    /gate.json cannot be read: .* gate --init writes it\n$/,
  );
  const { status, stderr } = kvmMutants('gate', '--init');
  expect(status).toBe(3);
  expect(stderr).toMatch(/verdicts.json is not a whole run of these sources: run it again\n$/);
  const schema = (name: string) => ({ name: `kvm-mutants/${name}`, version: 1 });
  const contract = { schema: schema('gate'), regressions: [], mutants: [], more: [] };
  writeFileSync(join(folder, 'gate.json'), JSON.stringify(contract));
  const baseline = { schema: schema('baseline'), survivors: [] };
  writeFileSync(join(folder, 'baseline.json'), JSON.stringify(baseline));
  const held = kvmMutants('gate', '--json');
  const { schema: name, status: said, findings } = JSON.parse(held.stdout);
  expect(name).toEqual(schema('gate-result'));
  expect(held.status).toBe(said);
  const texts = findings.map(({ text }: { text: string }) => text).join('\n');
  expect(texts).toContain('the run has other sources or options');
  expect(texts).toContain('the regression v3.17/history/single-increment is not in the contract');
});

test('the document of a run has verdicts sorted by id, and counts that add up', () => {
  const { stdout } = kvmMutants(...SMALL_RUN, '--json');
  const { schema, verdicts, counts, problems } = JSON.parse(stdout);
  expect(schema).toEqual({ name: 'kvm-mutants/verdicts', version: 1 });
  expect(problems).toEqual([]);
  const ids = verdicts.map(({ id }: { id: string }) => id);
  expect(ids).toEqual([...ids].sort());
  const { killed, deadlock, survived, unknown, equivalent, judged, twins, controls } = counts;
  expect(killed + deadlock + counts['lost-optimisation'] + survived + unknown).toBe(judged);
  expect(judged + equivalent + twins + controls).toBe(verdicts.length);
  expect(readFileSync(join(folder, 'reports', 'verdicts.json'), 'utf8')).toBe(stdout);
});

test('-o writes the result to a file and nothing to stdout', () => {
  const { status, stdout } = kvmMutants('list', 'eras', '-o', 'deep/eras.txt');
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  expect(readFileSync(join(folder, 'deep/eras.txt'), 'utf8')).toBe(
    kvmMutants('list', 'eras').stdout,
  );
  expect(readdirSync(join(folder, 'deep'))).toEqual(['eras.txt']);
});

test('an interrupted run says so and exits with 130', async () => {
  const child = spawn(process.execPath, [ENTRY, 'run', '--era', 'v3.17'], { cwd: folder });
  setTimeout(() => child.kill('SIGINT'), 3000);
  const { status, stdout, stderr } = await ended(child);
  expect(status).toBe(130);
  expect(stdout).toContain('Interrupted');
  expect(stderr).toBe('what was finished is kept: the same command goes on there\n');
});

test('a reader that closes the pipe early ends the command without a word', async () => {
  const child = spawn(process.execPath, [ENTRY, 'list', 'mutants'], { cwd: folder });
  child.stdout.destroy();
  expect((await ended(child)).stderr).toBe('');
});
