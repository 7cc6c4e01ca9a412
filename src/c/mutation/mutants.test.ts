// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { PlainMachine } from '../plain-machine.ts';
import { functionText, retranslate, standsAlone } from '../retranslate.ts';
import { loadParser } from '../text/ast.ts';
import { readUnit } from '../text/unit.ts';
import { translate } from '../translate.ts';
import { mutantsOfC, translatedMutant } from './mutants.ts';

const FILE = {
  path: 'toy.c',
  text: `// SPDX-License-Identifier: GPL-2.0-only
#define LOW_BIT 1
#define each(i, n) for (i = 0; i < (n); i++)

struct table { u64 generation; struct table *next; };
static struct table *current_table;

u64 install(struct table *slots, int count)
{
	u64 gen = slots->generation;
	int i;

	if (count < 0 || !slots)
		return gen;
	rcu_assign_pointer(current_table, slots);
	synchronize_srcu(slots);
	slots->generation = gen + 2;
	each(i, count)
		slots->generation += i << 1;
	/* a comment is no part of a mutant */
	return READ_ONCE(slots->generation) & ~LOW_BIT;
}

int other(void) { return 7; }
`,
};
const EDGES = { synchronize_srcu: { kind: 'stubbed' } } as const;

const parser = await loadParser();
const unit = readUnit(parser, [FILE], { config: {}, overrides: {}, prelude: '' });
const translation = translate(unit, { entries: ['install'], edges: EDGES, constants: [] });
const install = functionText(FILE, translation.functionNamed.get('install')!);

test('every mutant of a function is an edit at a line of the file', async () => {
  const lines = FILE.text.split('\n');
  const shown = mutantsOfC(parser, 'install', install).map((mutant) => {
    const state = translatedMutant(translation, install, mutant) === null ? ' (no C)' : '';
    const edits = mutant.edits.map(({ start, end, replacement }) => {
      const old = FILE.text.slice(start, end).replaceAll(/\s+/g, ' ');
      return `    - ${old}\n    + ${replacement.replaceAll(/\s+/g, ' ')}`;
    });
    const line = `${mutant.line}: ${lines[mutant.line - 1]!.trim()}`;
    return `${mutant.id}${state}\n  ${line}\n${edits.join('\n')}`;
  });
  await expect(`${shown.join('\n')}\n`).toMatchFileSnapshot('golden/toy.txt');
});

test('a mutant runs in place of its function', () => {
  const mutants = mutantsOfC(parser, 'install', install);
  const run = (id: string | null) => {
    const machine = new PlainMachine(translation);
    const mutant = mutants.find((one) => one.id === id);
    if (mutant !== undefined) {
      const { function: made, code } = translatedMutant(translation, install, mutant)!;
      machine.f[made.index] = code;
    }
    machine.st64(0, 0x2000_0000, 5n);
    return machine.call('install', 0x2000_0000, 3);
  };
  expect(run(null)).toBe(12n);
  expect(run('install/drop-mask.1')).toBe(13n);
  expect(run('install/delete-statement.3')).toBe(10n);
});

test('the sites of a mutant follow those of the translation', () => {
  const before = translation.sites.length;
  const made = retranslate(translation, install, 'install', []);
  expect(made.firstSite).toBe(before);
  expect(translation.sites).toHaveLength(before);
  expect(made.sites.every(({ file, line }) => file === 'toy.c' && line >= 8 && line <= 22)).toBe(
    true,
  );
  expect(standsAlone(translation, install, 'install')).toBe(true);
});

test.each([
  ['ends the function early', ' } int more(void) { return 1;', 'is not the one function install()'],
  ['defines a macro', '\n#define x 1\n', 'a macro is defined inside'],
  ['calls what was not translated', ' other();', 'is not among the functions'],
  ['names what is not known', ' missing = 1;', 'missing is not known'],
  ['is no C', ' if (', 'the C cannot be parsed'],
])('an edit that %s is refused', (_, inserted, reason) => {
  const start = FILE.text.indexOf('\n\tint i;');
  const edit = { start, end: start, replacement: inserted };
  expect(() => retranslate(translation, install, 'install', [edit])).toThrow(reason);
});
