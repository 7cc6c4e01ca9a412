// SPDX-License-Identifier: GPL-2.0-only
// What does docs/CONFORMANCE.md say? The last full run, with its versions and its date: all of it
// comes from the run.

import type { ConformResult, KernelResult } from '../conformance/result.ts';
import { conformanceText, kernelStatus } from './conformance.ts';

/** The page of a run; `date` is its day. */
export function conformancePage(result: ConformResult, date: string): string {
  const { kernels, seeds } = result;
  return [
    '# Held against real KVM',
    '',
    'Written by `kvm-mutants conform --markdown docs/CONFORMANCE.md`, not by hand. What is held',
    'against what stands in `kvm-mutants conform --help`.',
    '',
    `Last run: ${date}, with ${seeds.length} seeds.`,
    '',
    '| kernel | sequences | accesses alike | both wrong | unexplained | verdict |',
    '|---|---|---|---|---|---|',
    ...kernels.map(row),
    '',
    '- **accesses alike**: of so many accesses of a guest, model and kernel say the same.',
    '- **both wrong**: sequences in which the kernel answers wrongly, just as the model says.',
    '- **unexplained**: sequences in which the kernel does what the model does not say.',
    '',
    '```text',
    conformanceText(result).trimEnd(),
    '```',
    '',
  ].join('\n');
}

function row(kernel: KernelResult): string {
  const sum = (of: (area: KernelResult['areas'][number]) => number) =>
    kernel.areas.reduce((total, area) => total + of(area), 0);
  return `| ${[
    `${kernel.package} ${kernel.version}`,
    sum(({ sequences }) => sequences),
    sum(({ accesses }) => accesses),
    sum(({ confirmed }) => confirmed.length),
    sum(({ unexplained }) => unexplained.length),
    kernelStatus(kernel),
  ].join(' | ')} |`;
}
