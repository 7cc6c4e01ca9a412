// SPDX-License-Identifier: GPL-2.0-only
// Which bench shall run? `npm run bench -- NAME`; without a name the benches are listed.

import { parseArgs } from 'node:util';
import { eraNames } from '../src/lab/ports.ts';
import { UserError } from '../src/user-error.ts';
import { backports } from './backports.ts';
import { cVersusPort } from './c-vs-port.ts';
import { evidence } from './evidence.ts';
import { explore } from './explore.ts';
import { fingerprints } from './fingerprints.ts';
import { fuzzC } from './fuzz-c.ts';
import { fuzzPatch } from './fuzz-patch.ts';
import { growth } from './growth.ts';
import { halfBackports } from './half-backports.ts';
import { measure } from './measure.ts';
import { mutate } from './mutate.ts';
import { randomPrograms } from './random-programs.ts';

const USAGE = `benches:
  explore [--limit SECONDS]   the search against SPIN on the same model, and ours as sizes grow;
                              the limit (default 120) holds for each process that is measured
  fuzz-c [N]                  N (default 10,000) pieces of damaged C through the front end of
                              src/c, and random C against gcc
  random-programs [N]         all engines on N (default 3000) random programs
  mutate [FILES] [--whole] [--stock-checker]
                              Stryker's mutants in our lab, in Stryker by our runner and by stock
                              Stryker; in every scenario, and with Stryker's own type checker
  growth [ERA]                how states and time grow with vCPUs, updates, exits, slots and address
                              spaces, on one port (default v6.12), as a table and a plot
  half-backports DIR          the eight ways of taking only some pieces of ee3d1570b586, made in
                              memory from a tree of 3.16, and what backport says of each
  backports FOLDERS           what backport says on these kernel trees of each fix whose pieces are
                              known
  evidence FILES              sums up verdicts of runs (reports/verdicts.json) for review
  c-vs-port [DIR]             translated C of a tree (default: the miniature kernel of the tests)
                              against the port of its era, on the same operations
  fingerprints ERA DIR [KERNEL]
                              hashes of the functions of a tree that the port of an era has, held
                              against those of the kernel that it was written from; with the name of
                              a release they are recorded as that
  fuzz-patch [N]              N (default 10000) hostile mails and diffs through reader, applier,
                              rules and formats; the same ones each time
  measure SIZE [ROUNDS]       one size in this process, such as '2v2u2f cd v6.12', as JSON`;

const print = (text: string) => console.log(text);

/** Benches of so many made-up inputs; each tells how many failed. */
const MANY = new Map([
  ['fuzz-c', { byDefault: 10_000, run: async (n: number) => fuzzC(n, print) }],
  ['fuzz-patch', { byDefault: 10_000, run: async (n: number) => fuzzPatch(n, print) }],
  ['random-programs', { byDefault: 3000, run: async (n: number) => randomPrograms(n, print) }],
]);

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      limit: { type: 'string', default: '120' },
      whole: { type: 'boolean', default: false },
      'stock-checker': { type: 'boolean', default: false },
    },
  });
  const [name, first, second, third] = positionals;
  const limitMs = 1000 * Number(values.limit);
  if (name === undefined) {
    print(USAGE);
    return 0;
  }
  if (name === 'explore' && limitMs > 0) {
    await explore(limitMs, print);
    return 0;
  }
  if (name === 'growth' && limitMs > 0) {
    await growth(first ?? 'v6.12', limitMs, print);
    return 0;
  }
  if (name === 'mutate') {
    const options = {
      mutate: positionals.slice(1),
      isWhole: values.whole,
      isStockChecker: values['stock-checker'],
    };
    return (await mutate(options, print)) === 0 ? 0 : 1;
  }
  const many = MANY.get(name);
  if (many !== undefined) {
    const inputs = Number(first ?? many.byDefault);
    if (Number.isInteger(inputs) && inputs > 0) return (await many.run(inputs)) === 0 ? 0 : 1;
  }
  if (name === 'evidence' && first !== undefined) {
    evidence(positionals.slice(1), print);
    return 0;
  }
  if (name === 'c-vs-port') {
    await cVersusPort(first ?? null, print);
    return 0;
  }
  if (name === 'fingerprints' && second !== undefined) {
    const era = eraNames().find((known) => known === first);
    if (era !== undefined) return fingerprints(era, second, third ?? null, print) === 0 ? 0 : 1;
  }
  if (name === 'half-backports' && first !== undefined) {
    await halfBackports(first, print);
    return 0;
  }
  if (name === 'backports' && first !== undefined) {
    await backports(positionals.slice(1), print);
    return 0;
  }
  if (name === 'measure' && first !== undefined) {
    print(JSON.stringify(await measure(first, Number(second ?? 1))));
    return 0;
  }
  console.error(USAGE);
  return 2;
}

try {
  process.exitCode = await main();
} catch (error) {
  // A folder that is not there is the user's; all else is ours, and is told with its stack.
  const isOurs =
    !(error instanceof UserError) && (error as NodeJS.ErrnoException).code === undefined;
  if (isOurs) throw error;
  console.error(`bench: ${(error as Error).message}`);
  process.exitCode = 2;
}
