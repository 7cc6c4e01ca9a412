// SPDX-License-Identifier: GPL-2.0-only
// How is a kernel booted? In QEMU's emulator, which is a constant here and no option: the host's
// own KVM is never used. The machine has no network, no disk and no monitor; its only way to the
// outside is the serial line. It ends by itself, or is ended.

import { spawn } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { environment, missing, outputOf } from './programs.ts';
import { Skipped } from './skipped.ts';

const QEMU = 'qemu-system-x86_64';
/**
 * One thread runs all processors in turn. With a thread for each, kernels with two of them hang now
 * and then, or meet an instruction that another processor is patching.
 */
const EMULATOR = 'tcg,thread=single';
const ENDS = ['SIGTERM', 'SIGHUP'] as const;
const MEMORY = 256;

export interface Boot {
  readonly kernel: string;
  readonly initramfs: string;
  readonly cpus: number;
  /** Memory of the machine in MiB; not given: as much as the probe needs. */
  readonly memory?: number | undefined;
  /** Where the serial line is kept, byte for byte. */
  readonly log: string;
  /** Seconds after which the machine is ended. */
  readonly seconds: number;
  /** Seconds without a word after which it is taken for hanging; not given: never. */
  readonly silence?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** How a machine ended: by itself, or why it was ended. */
export type End = 'off' | 'too long' | 'silent' | 'flood' | 'interrupted' | 'no start';

export interface Booted {
  readonly end: End;
  /** All that came over the serial line, as latin1. */
  readonly text: string;
  /** What QEMU itself said last. */
  readonly remark: string;
}

/** A probe tells some megabytes at most. */
const LOG_MAX = 1 << 26;

/**
 * A panic ends the machine; timing that depends on the host is kept out as far as it can be. On a
 * busy host a kernel measures its TSC wrongly and its clock runs too fast, so the HPET is its
 * clock; it takes a timer that is late for one that is not there, and a processor that waits for
 * the host for one that is stuck, so it must not watch either.
 */
const KERNEL_LINE = [
  'console=ttyS0',
  'loglevel=4',
  'panic=-1',
  'oops=panic',
  'mitigations=off',
  'nokaslr',
  'tsc=reliable',
  'clocksource=hpet',
  'no_timer_check',
  'nowatchdog',
  'rcupdate.rcu_cpu_stall_suppress=1',
  'rcupdate.rcu_expedited=1',
].join(' ');

/** The arguments of QEMU. Throws if they name another accelerator than the emulator. */
export function machineArguments({ kernel, initramfs, cpus, memory }: Boot): string[] {
  const args = [
    ...['-accel', EMULATOR, '-cpu', 'EPYC', '-M', 'q35', '-smp', String(cpus)],
    ...['-m', String(memory ?? MEMORY), '-no-user-config', '-nodefaults', '-display', 'none'],
    ...['-serial', 'stdio', '-monitor', 'none', '-no-reboot'],
    ...['-kernel', kernel, '-initrd', initramfs, '-append', KERNEL_LINE],
  ];
  const isEmulated =
    args.filter((arg) => arg === '-accel').length === 1 && args[1]!.startsWith('tcg,');
  if (!isEmulated || args.some((arg) => /^-{1,2}enable-kvm$|^kvm\b|accel=/.test(arg)))
    throw new Error('the machine must be emulated');
  return args;
}

/** Such as `QEMU emulator version 7.2.22`. Rejects with Skipped if it is not installed. */
export async function emulatorVersion(): Promise<string> {
  const text = await outputOf(QEMU, ['--version']);
  return /^QEMU emulator version [\w.]+/.exec(text)?.[0] ?? 'QEMU of an unknown version';
}

/** Boots, waits for the end, and ends what does not end. Rejects with Skipped without QEMU. */
export function boot(how: Boot): Promise<Booted> {
  const args = machineArguments(how);
  return new Promise((resolve, reject) => {
    const child = spawn(QEMU, args, {
      env: environment(),
      shell: false,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const file = openSync(how.log, 'w');
    const parts: Buffer[] = [];
    let length = 0;
    let remark = '';
    let isOver = false;
    let end: End = 'off';
    const stop = (why: End) => {
      if (end === 'off') end = why;
      child.kill('SIGKILL');
    };
    const onAbort = () => stop('interrupted');
    // Nobody would end it after us.
    const onExit = () => child.kill('SIGKILL');
    process.once('exit', onExit);
    // A signal is no exit, unless it is made one.
    const onEnd = () => process.exit(130);
    for (const name of ENDS) process.once(name, onEnd);
    const timer = setTimeout(() => stop('too long'), how.seconds * 1000);
    const { silence = how.seconds } = how;
    const silent = setTimeout(() => stop('silent'), silence * 1000);
    how.signal?.addEventListener('abort', onAbort);
    if (how.signal?.aborted === true) onAbort();
    child.stdout.on('data', (part: Buffer) => {
      if (end !== 'off') return;
      silent.refresh();
      parts.push(part);
      length += part.length;
      writeSync(file, part);
      if (length > LOG_MAX) stop('flood');
    });
    child.stderr.on('data', (part: Buffer) => {
      remark = `${remark}${part.toString('latin1')}`.slice(-2000);
    });
    const finish = () => {
      // A program that cannot be started tells an error, and then that it is closed.
      if (isOver) return;
      isOver = true;
      clearTimeout(timer);
      clearTimeout(silent);
      process.off('exit', onExit);
      for (const name of ENDS) process.off(name, onEnd);
      how.signal?.removeEventListener('abort', onAbort);
      closeSync(file);
    };
    child.on('error', (error: NodeJS.ErrnoException) => {
      finish();
      reject(error.code === 'ENOENT' ? new Skipped(missing(QEMU)) : error);
    });
    child.on('close', (code) => {
      finish();
      if (end === 'off' && code !== 0) end = 'no start';
      resolve({ end, text: Buffer.concat(parts).toString('latin1'), remark: remarkOf(remark) });
    });
  });
}

/** The emulator warns of features that it lacks; that is no news. */
function remarkOf(text: string): string {
  const lines = text.split('\n').filter((line) => line !== '' && !line.includes('warning: TCG'));
  return lines.at(-1)?.slice(0, 300) ?? '';
}
