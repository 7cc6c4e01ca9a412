// SPDX-License-Identifier: GPL-2.0-only
import { describe, expect, test } from 'vitest';
import { called, type Fixture, fixtures, refusalOf, translateFixture } from './fixture.ts';
import { hasGcc, linesOfGcc } from './gcc.ts';
import { GCC_SHIM } from './gcc-shim.ts';
import { loadParser } from './text/ast.ts';

const parser = await loadParser();
const all = fixtures();

describe.each(all)('$name', (fixture) => {
  if (fixture.refused !== null) {
    test('is refused at its line for its reason', () => {
      const { line, reason } = fixture.refused!;
      const refusal = refusalOf(parser, fixture);
      expect(refusal).toMatch(new RegExp(`^${line}: `));
      expect(refusal).toContain(reason);
    });
    return;
  }
  const translation = translateFixture(parser, fixture);
  test.each(fixture.values)('$call.text is $result', ({ call, result }) => {
    expect(called(translation, call).result).toBe(result);
  });
  test.each(fixture.endings)('$call.text ends with a fault', ({ call, message }) => {
    expect(() => called(translation, call)).toThrow(message);
  });
  test.each(fixture.accesses)('$call.text makes its accesses', ({ call, expected }) => {
    expect(called(translation, call).accesses).toBe(expected);
  });
});

test('every fixture claims something', () => {
  const silent = all.filter(
    ({ values, endings, accesses, refused }) =>
      values.length + endings.length + accesses.length === 0 && refused === null,
  );
  expect(silent).toEqual([]);
});

/** C that prints what each call of a fixture returns, one line a call. */
function printing({ values }: Fixture): string[] {
  return values.map(({ call: { name, args } }) => {
    // Every argument is an integer in the range of its type, so its bits are what counts.
    const given = args.map((arg) => `(long)${BigInt.asUintN(64, arg)}ULL`).join(', ');
    return `printf("%ld\\n", (long)${name}(${given}));`;
  });
}

test.runIf(hasGcc())('gcc returns what the fixtures say (skipped if there is no gcc)', () => {
  // One unit for all, as starting gcc is what takes time: names in fixtures are unique.
  const shown = all.filter(({ isForGcc, values }) => isForGcc && values.length > 0);
  const texts = shown.map(({ name, text }) => `#line 1 "${name}.c"\n${text}`);
  const main = `int main(void) { ${shown.flatMap(printing).join(' ')} return 0; }`;
  const print = 'int printf(const char *, ...);';
  const printed = linesOfGcc([[GCC_SHIM, print, ...texts, main, ''].join('\n')]);
  const said = shown.flatMap(({ values }) => values);
  // Each result as the 64 bits that a long of its value has.
  const differ = said.filter(
    ({ result }, i) => BigInt.asUintN(64, BigInt(printed[i] ?? '')) !== BigInt.asUintN(64, result),
  );
  expect(printed).toHaveLength(said.length);
  expect(differ.map(({ call }) => call.text)).toEqual([]);
});
