// SPDX-License-Identifier: GPL-2.0-only
// Is the machine always an emulated one, and does it always end? Instead of QEMU a program is
// started that hangs, floods the line or dies.

import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { UserError } from '#user-error';
import type { Kernel } from './kernels.ts';
import { type Machine, runJob } from './machine.ts';
import { boot, emulatorVersion, machineArguments } from './qemu.ts';
import { Skipped } from './skipped.ts';

const folder = mkdtempSync(join(tmpdir(), 'kvm-mutants-qemu-'));
const PATH = 'PATH';
const path = process.env[PATH]!;
afterAll(() => {
  process.env[PATH] = path;
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  process.env[PATH] = `${folder}${delimiter}${path}`;
});

/** What `qemu-system-x86_64` does from now on. */
function stub(code: string): void {
  const file = join(folder, 'qemu-system-x86_64');
  writeFileSync(file, `#!${process.execPath}\n${code}\n`);
  chmodSync(file, 0o755);
}

const how = {
  kernel: '/k',
  initramfs: '/i',
  cpus: 2,
  log: join(folder, 'log'),
  seconds: 20,
} as const;

test('the arguments name the emulator, and nothing that could be the KVM of the host', () => {
  const args = machineArguments(how);
  expect(args.slice(0, 2)).toEqual(['-accel', 'tcg,thread=single']);
  expect(args.join(' ')).not.toMatch(/enable-kvm|accel[= ]kvm|-device|-drive|-netdev|-nic/);
  expect(() => machineArguments({ ...how, kernel: '-enable-kvm' })).toThrow('must be emulated');
  expect(() => machineArguments({ ...how, initramfs: 'kvm' })).toThrow('must be emulated');
});

test('what the machine says is kept, and so is its log', async () => {
  stub("process.stdout.write('@1 x ~0000\\n'); process.stderr.write('warning: TCG lacks it\\n');");
  expect(await boot(how)).toEqual({ end: 'off', text: '@1 x ~0000\n', remark: '' });
  expect(readFileSync(how.log, 'latin1')).toBe('@1 x ~0000\n');
});

test('a machine that hangs is ended by its limit', async () => {
  stub("process.stdout.write('hello'); setInterval(() => {}, 1000);");
  expect(await boot({ ...how, seconds: 0.5 })).toMatchObject({ end: 'too long' });
});

test('a machine that floods the line is ended', async () => {
  stub(
    "const part = Buffer.alloc(1 << 20, 'x');\n" +
      'const more = () => process.stdout.write(part, more);\nmore();',
  );
  const { end, text } = await boot(how);
  expect(end).toBe('flood');
  expect(text.length).toBeLessThan(70 << 20);
});

test('a machine is ended when the user interrupts', async () => {
  stub('setInterval(() => {}, 1000);');
  const interruption = new AbortController();
  setTimeout(() => interruption.abort(), 200);
  expect(await boot({ ...how, signal: interruption.signal })).toMatchObject({ end: 'interrupted' });
});

test('a machine does not outlive us when we are ended', async () => {
  rmSync(how.log, { force: true });
  stub("console.log('pid', process.pid); setInterval(() => {}, 1000);");
  const module = new URL('qemu.ts', import.meta.url).href;
  const code = `(await import('${module}')).boot(${JSON.stringify(how)})`;
  const us = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'ignore' });
  const ended = new Promise((resolve) => us.once('exit', resolve));
  const pid = await pidIn(how.log);
  us.kill('SIGTERM');
  expect(await ended).toBe(130);
  await expect.poll(() => isAlive(pid)).toBe(false);
});

/** What the stub has told, once it is there. */
async function pidIn(log: string): Promise<number> {
  const text = () => (existsSync(log) ? readFileSync(log, 'latin1') : '');
  await expect.poll(text, { timeout: 10_000 }).toMatch(/^pid \d+\n/);
  return Number(text().slice(4));
}

/** Who is dead and waits to be buried is dead. */
function isAlive(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

test('without QEMU everything is skipped, with what to install', async () => {
  process.env[PATH] = '';
  await expect(boot(how)).rejects.toThrow(Skipped);
  await expect(emulatorVersion()).rejects.toThrow('install qemu-system-x86');
});

test('a job that broke says why in one sentence, and where its log is', async () => {
  writeFileSync(join(folder, 'probe'), '');
  writeFileSync(join(folder, 'kvm.ko'), '');
  const kernel: Kernel = {
    name: '6.1',
    package: 'linux-image-6.1',
    version: '1',
    image: join(folder, 'vmlinuz'),
    modules: [join(folder, 'kvm.ko')],
  };
  const machine: Machine = { cache: folder, probe: join(folder, 'probe') };
  const job = { name: 'test', kernel, npt: true, cpus: 1, lines: [], seconds: 20 } as const;
  const said = async (seconds: number) => {
    const error = await runJob(machine, { ...job, seconds }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UserError);
    expect(error).toMatchObject({ exitCode: 3 });
    return (error as UserError).message.replace(folder, 'CACHE');
  };
  const log = 'its log is CACHE/logs/test.log';
  stub("process.stdout.write('Kernel panic - not syncing: Fatal exception\\n');");
  expect(await said(20)).toBe(
    'test: the log ends before the probe was done (Kernel panic - not syncing: Fatal exception); ' +
      log,
  );
  stub("process.stderr.write('qemu: could not load kernel\\n'); process.exit(1);");
  expect(await said(20)).toBe(`test: QEMU ended early: qemu: could not load kernel; ${log}`);
  stub('setInterval(() => {}, 1000);');
  expect(await said(0.3)).toBe(`test: the machine was ended after 0.3 s; ${log}`);
});
