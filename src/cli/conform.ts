// SPDX-License-Identifier: GPL-2.0-only
// `conform`: does a real kernel do what the model says?

import { join } from 'node:path';
import { eraNames } from '#lab/ports';
import { loadSystem } from '#lab/variants';
import { UserError } from '#user-error';
import { cachedKernels, type Kernel, offers, unpacked } from '../conformance/kernels.ts';
import { holdKernel } from '../conformance/level-a.ts';
import { checkHost, type Machine } from '../conformance/machine.ts';
import { mutatedKernel } from '../conformance/mutated/build.ts';
import { holdMutants } from '../conformance/mutated/level-b.ts';
import type { Extent, Systems } from '../conformance/plan.ts';
import { compiledProbe } from '../conformance/probe.ts';
import { emulatorVersion } from '../conformance/qemu.ts';
import {
  type ConformResult,
  isUnknown,
  isViolated,
  type KernelResult,
} from '../conformance/result.ts';
import { holdSelftests } from '../conformance/selftests/level-c.ts';
import { Skipped } from '../conformance/skipped.ts';
import { conformanceDocument, conformanceText } from '../report/conformance.ts';
import { conformanceHtml } from '../report/conformance-html.ts';
import { conformancePage } from '../report/conformance-page.ts';
import { jsonText } from '../report/schema.ts';
import { cacheFolder } from './cache-option.ts';
import type { Command, ExitStatus, Invocation, Values } from './command.ts';
import { modelTable } from './model-race.ts';
import { shorten } from './names.ts';
import { COMMON, isGiven, numberOption, textOption } from './options.ts';
import { writeFile } from './output.ts';
import { loadMutant } from './subjects.ts';

const EPOCH = 'SOURCE_DATE_EPOCH';
const SEEDS = 2;
/** Of two threads, in each shape and under each paging. */
const ATTEMPTS = 60;
const SEEDS_MAX = 1000;

export const conform: Command = {
  name: 'conform',
  summary: 'hold the model against real KVM in an emulated machine',
  synopsis: '[options]',
  description: [
    "Boots Debian's cloud kernels in QEMU's emulator (never the KVM of this host), drives " +
      'their kvm.ko through /dev/kvm with sequences of operations that the port of the era ' +
      'leads to, and compares what the guest sees, access by access: with nested paging, with ' +
      'shadow paging, and with the nested tables of a hypervisor. Some sequences are traced, and ' +
      'what the kernel did inside must be what the model does. Then two threads change and read ' +
      'slots at once.',
    'Both are also compared with what is right. What model and kernel get wrong alike is a ' +
      'finding about the kernel; what the kernel alone gets right, everywhere, is reported as ' +
      'mended; any other difference is made as short as it can be, and shown with what both did.',
    'Kernel packages are asked of apt by name, downloaded and unpacked into the cache; none is ' +
      'installed. Needed are qemu-system-x86, gcc and libc6-dev, 700 MB of memory and 1 GB of ' +
      'disk. If something is missing that is said, and nothing counts as checked. Logs of the ' +
      'machine are kept in the cache.',
  ],
  options: {
    kernel: {
      type: 'string',
      value: 'NAMES',
      help: 'only these kernels, separated by commas, such as 6.1; all that apt offers by default',
    },
    level: {
      type: 'string',
      value: 'LEVEL',
      help:
        'a: the kernels as they stand (the default); b: also mutants, in one build of kvm.ko ' +
        "from Debian's source of 6.1, whose verdicts are put beside those of the port's mutants; " +
        "c: also the kernel's own selftests of the area, on the same mutants",
    },
    seeds: {
      type: 'string',
      value: 'N',
      help: `random sequences from N seeds, ${SEEDS} by default`,
    },
    quick: {
      type: 'boolean',
      help: 'one kernel, shorter sequences, no threads: for a build machine',
    },
    offline: { type: 'boolean', help: 'only kernels that lie in the cache; apt is not asked' },
    cache: {
      type: 'string',
      value: 'DIR',
      help: 'keep kernels and logs in conformance/ of DIR, by default as for `run`',
    },
    markdown: {
      type: 'string',
      value: 'FILE',
      help: 'also write the result to FILE as a page, with its date',
    },
    html: {
      type: 'string',
      value: 'FILE',
      help: 'also write the result to FILE as a page for browsers, with its date; it loads nothing',
    },
    ...COMMON,
  },
  exits: [
    ['0', 'every kernel does what its port says, what both get wrong included'],
    ['1', 'a kernel does something that the model does not explain'],
    ['2', 'the command was used wrongly'],
    ['3', 'a machine did not come to its end, or told too little: nobody knows'],
    ['4', 'skipped: something that is needed is not there'],
    ['130', 'interrupted'],
  ],
  examples: [
    'kvm-mutants conform',
    'kvm-mutants conform --kernel 6.1 --quick',
    'kvm-mutants conform --seeds 20 --json -o conform.json',
    'kvm-mutants conform --offline --markdown docs/CONFORMANCE.md',
  ],
  args: [0, 0],
  run: execute,
};

async function execute(invocation: Invocation): Promise<ExitStatus> {
  const { values, output, signal } = invocation;
  const seedCount = numberOption(values, 'seeds', 1, SEEDS_MAX) ?? SEEDS;
  const deepest = levelOption(values);
  const cache = join(cacheFolder(values), 'conformance');
  try {
    checkHost(cache);
    const emulator = await emulatorVersion();
    const kernels = await chosenKernels(cache, invocation);
    const machine: Machine = { cache, probe: await compiledProbe(cache, signal), signal };
    const level = { systems: await allSystems(), extent: extentOf(values, seedCount), onProgress };
    const results: KernelResult[] = [];
    const skipped: string[] = [];
    for (const kernel of kernels) {
      const held = await holdKernel(machine, kernel, level);
      const more = async () =>
        deepest === 'a' ? held : withMutants(machine, kernel, held, deepest, output);
      results.push(await more().catch(withoutMutants(held, skipped, signal)));
    }
    output.progress('');
    const result = { emulator, seeds: level.extent.seeds, kernels: results, skipped };
    publish(invocation, result);
    if (signal?.aborted === true) return 130;
    const status = statusOf(result);
    return status === 0 && skipped.length > 0 ? 4 : status;
  } catch (error) {
    output.progress('');
    if (!(error instanceof Skipped)) throw error;
    if (isGiven(values, 'json'))
      output.result(jsonText(conformanceDocument({ ...NOTHING, skipped: [error.message] })));
    else output.result(`skipped: ${error.message}\n`);
    return 4;
  }
  function onProgress(what: string): void {
    output.progress(what);
  }
}

const NOTHING: ConformResult = { emulator: '', seeds: [], kernels: [], skipped: [] };

function publish({ values, output }: Invocation, result: ConformResult): void {
  if (isGiven(values, 'json')) output.result(jsonText(conformanceDocument(result)));
  else output.result(conformanceText(result));
  const page = textOption(values, 'markdown');
  if (page !== null) writeFile(page, conformancePage(result, today()));
  const html = textOption(values, 'html');
  if (html !== null) writeFile(html, conformanceHtml(result, today()));
}

/** The day of the run; SOURCE_DATE_EPOCH stands in for it. */
function today(): string {
  const epoch = Number(process.env[EPOCH] ?? Number.NaN);
  const date = Number.isFinite(epoch) ? new Date(epoch * 1000) : new Date();
  return date.toISOString().slice(0, 10);
}

function statusOf({ kernels }: ConformResult): ExitStatus {
  if (kernels.some(isViolated)) return 1;
  const isOpen = (kernel: KernelResult) => isUnknown(kernel) || kernel.selftestFaults.length > 0;
  return kernels.some(isOpen) ? 3 : 0;
}

function extentOf(values: Values, seedCount: number): Extent {
  const isQuick = isGiven(values, 'quick');
  const seeds = Array.from({ length: isQuick ? 1 : seedCount }, (_, i) => i + 1);
  if (isQuick) return { seeds, traced: 4, stress: 0, shorter: 1 };
  return { seeds, traced: 20, stress: ATTEMPTS, shorter: 0 };
}

type LevelName = 'a' | 'b' | 'c';

function levelOption(values: Values): LevelName {
  const level = textOption(values, 'level') ?? 'a';
  if (level === 'a' || level === 'b' || level === 'c') return level;
  throw new UserError(`--level must be a, b or c, not '${shorten(level)}'`);
}

/** The edits are for this tree, and its mutants have the ids of this port's. */
const MUTATED = '6.1';
const MUTATED_ERA = 'v6.12';

async function withMutants(
  machine: Machine,
  kernel: Kernel,
  held: KernelResult,
  deepest: LevelName,
  output: Invocation['output'],
): Promise<KernelResult> {
  if (kernel.name !== MUTATED) return held;
  const onProgress = (what: string) => output.progress(`${kernel.name}: ${what}`);
  onProgress('building kvm.ko with its mutants');
  const mutated = await mutatedKernel(machine.cache, kernel, machine.signal);
  const found = await holdMutants(machine, mutated, {
    port: await loadSystem(MUTATED_ERA, null),
    mutant: async (id) => (await loadMutant(id)).system,
    onProgress,
  });
  const asked =
    deepest === 'c'
      ? await holdSelftests(machine, mutated, kernel, onProgress)
      : { selftests: [], selftestFaults: [] };
  return {
    ...held,
    mutants: found.mutants,
    void: found.void,
    race: found.race,
    modelRace: found.race.length === 0 ? '' : await modelTable(),
    ...asked,
    unknown: [...held.unknown, ...found.unknown],
  };
}

/** What was found out on the kernel as it stands is not lost with the mutants. */
function withoutMutants(held: KernelResult, skipped: string[], signal: AbortSignal | undefined) {
  return (error: unknown): KernelResult => {
    if (error instanceof Skipped) {
      skipped.push(error.message);
      return held;
    }
    if (!(error instanceof UserError) || signal?.aborted === true) throw error;
    return { ...held, unknown: [...held.unknown, error.message] };
  };
}

async function allSystems(): Promise<Systems> {
  return new Map(
    await Promise.all(eraNames().map(async (era) => [era, await loadSystem(era, null)] as const)),
  );
}

/** The kernels to boot, unpacked. Throws Skipped if there is none. */
async function chosenKernels(
  cache: string,
  { values, output, signal }: Invocation,
): Promise<Kernel[]> {
  const isOffline = isGiven(values, 'offline');
  const names = textOption(values, 'kernel')?.split(',') ?? null;
  const isWanted = ({ name }: { readonly name: string }) => names?.includes(name) ?? true;
  const known = isOffline ? cachedKernels(cache) : await offers(signal);
  const wanted = known.filter(isWanted);
  if (known.length === 0)
    throw new Skipped('no kernel lies in the cache: run once without --offline');
  if (wanted.length === 0) {
    const all = known.map(({ name }) => name).join(', ');
    throw new UserError(`there is no kernel '${shorten(names!.join(','))}'; there are ${all}`);
  }
  const some = isGiven(values, 'quick') ? wanted.slice(0, 1) : wanted;
  if (isOffline) return some as Kernel[];
  const kernels: Kernel[] = [];
  for (const offer of some) {
    output.progress(`${offer.package} ${offer.version}`);
    kernels.push(await unpacked(cache, offer, signal));
  }
  return kernels;
}
