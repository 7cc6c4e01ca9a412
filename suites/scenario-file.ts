// SPDX-License-Identifier: GPL-2.0-only
// How is a scenario written down as a file of suites/? As a person would write it: with the helpers
// for updates and the names of gfns. What is printed can be saved and run.

import {
  BOTH_MASKS,
  createSlot,
  deleteSlot,
  type HostChoice,
  type InterleavingScenario,
  inSmm,
  logDirty,
  M,
  moveSlot,
  type Update,
  X,
  Y,
} from './scenario.ts';

/** Where a scenario finds what it is made of. */
const LIBRARY = '../scenario.ts';

const PAGE = 0x1000n;
const GFNS: ReadonlyMap<bigint, string> = new Map([
  [X, 'X'],
  [Y, 'Y'],
  [M, 'M'],
]);

/**
 * The text of `suites/<id>.ts`, a file with this one scenario under a new id. `why` becomes the
 * comment that says what it is about, one entry a line.
 */
export function scenarioFile(
  scenario: InterleavingScenario,
  id: string,
  why: readonly string[],
): string {
  const names = new Set<string>(['atSizes']);
  const use = (name: string) => {
    names.add(name);
    return name;
  };
  const claim = claimLines(scenario, id, use);
  const { vcpus, exits, exitsInSmm, budgetStates } = scenario;
  const gfns = exits.map((gfn) => gfnText(gfn, use)).join(', ');
  const smm = exitsInSmm.length === 0 ? '' : `exitsInSmm: [${exitsInSmm.join(', ')}], `;
  return [
    '// SPDX-License-Identifier: GPL-2.0-only',
    ...why.map((line) => `// ${line}`.trimEnd()),
    '',
    `import { ${[...names].sort(byName).join(', ')} } from '${LIBRARY}';`,
    '',
    'export const scenarios = atSizes(',
    '  {',
    ...claim.map((line) => `    ${line},`),
    '  },',
    `  [{ vcpus: ${vcpus}, exits: [${gfns}], ${smm}budgetStates: ${budgetStates} }],`,
    ');',
    '',
  ].join('\n');
}

type Use = (name: string) => string;

function claimLines(scenario: InterleavingScenario, id: string, use: Use): string[] {
  const { before, updates, others, gfns, host, memoryModels, eras } = scenario;
  const { staleness, reloads, remapped } = scenario;
  const updatesText = (all: readonly Update[]) =>
    `[${all.map((update) => updateText(update, use)).join(', ')}]`;
  const usual = gfns.length === 2 && gfns[0] === X && gfns[1] === M;
  const list = (texts: readonly string[]) => `[${texts.map((text) => `'${text}'`).join(', ')}]`;
  return [
    `id: '${id}'`,
    ...(before.length === 0 ? [] : [`before: ${updatesText(before)}`]),
    `updates: ${updatesText(updates)}`,
    ...(others.length === 0 ? [] : [`others: ${valueText(others)}`]),
    ...(usual ? [] : [`gfns: [${gfns.map((gfn) => gfnText(gfn, use)).join(', ')}]`]),
    ...(isUsualHost(host) ? [] : [`host: ${hostText(host)}`]),
    ...(list(memoryModels) === "['sc']" ? [] : [`memoryModels: ${list(memoryModels)}`]),
    ...(eras === null ? [] : [`eras: ${list(eras)}`]),
    ...(staleness === 'stale-after-update' ? [] : [`staleness: '${staleness}'`]),
    ...(reloads === undefined ? [] : [`reloads: [${reloads.join(', ')}]`]),
    ...(remapped === undefined ? [] : [`remapped: ${remapped}`]),
  ];
}

function isUsualHost(host: HostChoice): boolean {
  return hostText(host) === hostText(BOTH_MASKS);
}

function hostText(host: HostChoice): string {
  const fields = Object.entries(host).map(([name, value]) => `${name}: ${valueText(value)}`);
  return `{ ${fields.join(', ')} }`;
}

function valueText(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'string') return `'${value}'`;
  if (Array.isArray(value)) return `[${value.map(valueText).join(', ')}]`;
  if (value === null || typeof value !== 'object') return String(value);
  const fields = Object.entries(value).map(([name, field]) => `${name}: ${valueText(field)}`);
  return `{ ${fields.join(', ')} }`;
}

/** The helper that makes the update, with its arguments. */
function updateText(update: Update, use: Use): string {
  const { region: asked } = update;
  const outside = {
    text: update.text.replace(/ in SMM$/, ''),
    region: { ...asked, slot: asked.slot & 0xffff },
  };
  if (asked.slot >> 16 === 1 && isSame(inSmm(outside).region, update))
    return `${use('inSmm')}(${updateText(outside, use)})`;
  const { slot, flags, guest_phys_addr, memory_size, userspace_addr } = update.region;
  const gfn = guest_phys_addr / PAGE;
  const pages = memory_size / PAGE;
  const at = (name: string, withPages: boolean) => {
    const more = withPages && pages !== 1n ? `, ${pages}n` : '';
    return `${use(name)}(${slot}, ${gfnText(gfn, use)}${more})`;
  };
  const isMade = ({ text, region }: Update) => text === update.text && isSame(region, update);
  if (isMade(createSlot(slot, gfn, pages))) return at('createSlot', true);
  if (isMade(deleteSlot(slot, gfn))) return at('deleteSlot', false);
  if (isMade(moveSlot(slot, gfn, pages))) return at('moveSlot', true);
  if (isMade(logDirty(slot, gfn, pages))) return at('logDirty', true);
  const region = { slot, flags, guest_phys_addr, memory_size, userspace_addr };
  return `{ text: '${update.text}', region: ${valueText(region)} }`;
}

function isSame(region: Update['region'], update: Update): boolean {
  return valueText(region) === valueText(update.region);
}

function gfnText(gfn: bigint, use: Use): string {
  const name = GFNS.get(gfn);
  return name === undefined ? `0x${gfn.toString(16)}n` : use(name);
}

/** As the formatter sorts imports: letters before their case. */
function byName(a: string, b: string): number {
  return a.toLowerCase() < b.toLowerCase() ? -1 : 1;
}
