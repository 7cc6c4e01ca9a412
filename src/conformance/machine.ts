// SPDX-License-Identifier: GPL-2.0-only
// What does a real KVM do with a list of jobs? A kernel is booted with the probe as its first
// program and the jobs in its initramfs, and what the probe says comes back as records.

import { readFileSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { availableParallelism, freemem } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { makeFolder } from '#folders';
import { UserError } from '#user-error';
import { type ArchiveFile, archiveOf } from './cpio.ts';
import type { Kernel } from './kernels.ts';
import { type Boot, type Booted, boot } from './qemu.ts';
import { parseSerial, type Recording } from './serial.ts';
import { Skipped } from './skipped.ts';

export interface Job {
  /** Names the log: letters, digits, dots and dashes. */
  readonly name: string;
  readonly kernel: Kernel;
  /** Nested paging of the processor, or shadow paging. */
  readonly npt: boolean;
  readonly cpus: 1 | 2;
  /** What the probe is to do after the modules are loaded; see probe/main.c. */
  readonly lines: readonly string[];
  /** Seconds, of which a busy host needs many. */
  readonly seconds: number;
  /** Seconds that it may be silent, if that may be longer than usual. */
  readonly silence?: number;
  /** Other programs for the probe to run. */
  readonly files?: readonly ArchiveFile[];
  /** Memory of the machine in MiB, if it needs more than usual. */
  readonly memory?: number;
  /** The kernel may panic: that is an answer too, and the recording has its fault. */
  readonly mayPanic?: boolean;
  /** It may hang: if it does so twice, that is an answer, and the recording says so. */
  readonly mayHang?: boolean;
}

export interface Machine {
  readonly cache: string;
  /** The compiled probe. */
  readonly probe: string;
  readonly signal?: AbortSignal | undefined;
}

const FOLDERS = ['dev', 'proc', 'sys', 'tmp'];
const MIB = 1 << 20;
const MEMORY_MIN = 700;
const DISK_MIN = 1000;

/** Throws Skipped if this host cannot run a machine at all. */
export function checkHost(cache: string): void {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    throw new Skipped('the emulated machine needs Linux on x86-64');
  if (freemem() / MIB < MEMORY_MIN) throw new Skipped(`${MEMORY_MIN} MB of memory must be free`);
  makeFolder(cache);
  const { bavail, bsize } = statfsSync(cache);
  if ((bavail * bsize) / MIB < DISK_MIN)
    throw new Skipped(`${DISK_MIN} MB must be free below ${cache}`);
}

/**
 * An emulated kernel hangs or dies now and then while it boots on a busy host. It is started again,
 * so often; what it did before does not count.
 */
const TRIES = 3;
const HANGS = 2;
const SILENCE = 180;

/** A machine takes one processor of the host. */
const AT_ONCE = Math.min(2, availableParallelism());
const waiting: (() => void)[] = [];
let running = 0;

/** Waits until there is a processor for the job, and memory if another one is running. */
async function place(memory: number): Promise<void> {
  const isFull = () => running >= AT_ONCE || freemem() / MIB < memory + MEMORY_MIN;
  while (running > 0 && isFull()) await new Promise<void>((resolve) => waiting.push(resolve));
  running++;
}

function leave(): void {
  running--;
  for (const wake of waiting.splice(0)) wake();
}

/**
 * Runs the job, as soon as there is room for it. Rejects with a UserError of one sentence if the
 * machine did not come to its end; its log is kept.
 */
export async function runJob(machine: Machine, job: Job): Promise<Recording> {
  await place(job.memory ?? 0);
  try {
    return await runNow(machine, job);
  } finally {
    leave();
  }
}

async function runNow(machine: Machine, job: Job): Promise<Recording> {
  const folder = join(machine.cache, 'logs');
  makeFolder(folder);
  const log = resolve(folder, `${job.name}.log`);
  const initramfs = resolve(folder, `${job.name}.cpio`);
  writeFileSync(initramfs, archiveOf(FOLDERS, filesOf(machine, job)));
  const { kernel, cpus, seconds, memory, silence = SILENCE } = job;
  const image = resolve(kernel.image);
  const { signal } = machine;
  const how = { kernel: image, initramfs, cpus, memory, log, seconds, silence, signal };
  const tries = job.mayHang === true ? HANGS : TRIES;
  const booted = await bootAgain(how, tries).finally(() => rmSync(initramfs, { force: true }));
  const recording = parseSerial(booted.text);
  const [fault] = recording.faults;
  if (booted.end === 'off' && fault === undefined) return recording;
  if (booted.end === 'off' && job.mayPanic === true && hasPanicked(recording)) return recording;
  if (booted.end === 'silent' && job.mayHang === true) return { ...recording, isHung: true };
  throw new UserError(`${job.name}: ${whyOf(booted, job, recording)}; its log is ${log}`, 3);
}

async function bootAgain(how: Boot, tries: number): Promise<Booted> {
  for (let left = tries; ; left--) {
    const booted = await boot(how);
    const isRetried = booted.end === 'silent' || (booted.end === 'off' && !hasBegun(booted));
    if (!isRetried || left === 1) return booted;
  }
}

/** Did the kernel come as far as the probe, whose first record this is? */
function hasBegun({ text }: Booted): boolean {
  return text.includes('@1 kernel-release ');
}

/** Did the kernel itself end it? */
export function hasPanicked({ others }: Recording): boolean {
  return others.some((line) => line.includes('Kernel panic'));
}

function whyOf({ end, remark }: Booted, job: Job, { faults, others }: Recording): string {
  const { seconds, silence = SILENCE } = job;
  if (end === 'too long') return `the machine was ended after ${seconds} s`;
  if (end === 'silent')
    return `the machine was ended because it said nothing for ${silence} s, ${TRIES} times`;
  if (end === 'flood') return 'the machine was ended because it flooded the serial line';
  if (end === 'interrupted') return 'the machine was ended';
  if (end === 'no start') return `QEMU ended early: ${remark || 'it said nothing'}`;
  const said = others.find((line) => /panic|BUG|Oops|error/i.test(line));
  return `${faults[0]}${said === undefined ? '' : ` (${said.slice(0, 200)})`}`;
}

function filesOf({ probe }: Machine, { kernel, npt, lines, files = [] }: Job): ArchiveFile[] {
  const loads = kernel.modules.map((path) => {
    const name = basename(path);
    return name.startsWith('kvm-amd') ? `module ${name} npt=${npt ? 1 : 0}` : `module ${name}`;
  });
  const job = [...loads, ...lines, ''].join('\n');
  return [
    { path: 'init', content: readFileSync(probe), isExecutable: true },
    { path: 'job', content: Buffer.from(job, 'latin1'), isExecutable: false },
    ...kernel.modules.map((path) => ({
      path: basename(path),
      content: readFileSync(path),
      isExecutable: false,
    })),
    ...files,
  ];
}
