// SPDX-License-Identifier: GPL-2.0-only
// Is what the probe said told apart from everything else that comes over a serial line? Whatever
// garbage comes between, and whatever is cut off, nothing is taken for what it is not.

import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { about, parseSerial, sumOf } from './serial.ts';

/** A record as serial.c writes it. */
function written(number: number, text: string): string {
  const summed = `@${number} ${text} `;
  return `\r\n${summed}~${sumOf(summed).toString(16).padStart(4, '0')}\r\n`;
}

const logOf = (texts: readonly string[]) => texts.map((text, i) => written(i + 1, text)).join('');
const texts = fc.array(fc.stringMatching(/^[a-z]+( [ -}]{1,20}[a-z])?$/), { maxLength: 8 });
const garbage = fc.string({ unit: 'binary', maxLength: 60 }).map((text) => text.replace(/@/g, '?'));

test('the records of a whole log come back, whatever is written between them', () => {
  fc.assert(
    fc.property(texts, garbage, (said, noise) => {
      const all = [...said.filter((text) => !text.startsWith('fail ')), 'DONE'];
      const log = all.map((text, i) => `${noise}${written(i + 1, text)}`).join('');
      expect(parseSerial(log)).toMatchObject({ records: all, faults: [] });
    }),
  );
});

test('a log without its last byte of the last record is never whole', () => {
  fc.assert(
    fc.property(texts, fc.nat(), (said, at) => {
      const log = logOf([...said, 'DONE']);
      const cut = log.slice(0, at % (log.length - '\r\n'.length));
      expect(parseSerial(cut).faults).not.toEqual([]);
    }),
  );
});

test('a record that is changed anywhere is lost, and the others know it', () => {
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 0x21, max: 0x7e }), (at, code) => {
      const log = logOf(['one', 'two 2', 'three', 'DONE']);
      const start = log.indexOf('@2');
      const place = start + (at % written(2, 'two 2').trim().length);
      const changed = log.slice(0, place) + String.fromCharCode(code) + log.slice(place + 1);
      fc.pre(changed !== log);
      const { records, faults } = parseSerial(changed);
      // One sum in 65,536 fits by chance; a changed number may then be that of no record.
      expect(faults.length > 0 || !records.includes('two 2')).toBe(true);
    }),
  );
});

test('no input makes the parser fail, and none that is not a log is whole', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (log) => {
      expect(parseSerial(log).faults.length).toBeGreaterThan(0);
    }),
  );
});

test('what is wrong with a log is said', () => {
  const log = `${written(1, 'case 1 s0')}${written(4, 'DONE')}`;
  expect(parseSerial(log).faults).toEqual(['records 2 to 3 are lost']);
  expect(parseSerial(logOf(['case 1 s0'])).faults).toEqual([
    'the log ends before the probe was done',
  ]);
  expect(parseSerial(logOf(['fail /dev/kvm: No such file or directory'])).faults).toEqual([
    'the probe gave up: /dev/kvm: No such file or directory',
  ]);
  expect(parseSerial(logOf(['a', 'DONE']) + written(1, 'b')).faults).toEqual([
    'record 1 comes twice',
  ]);
  expect(parseSerial('Kernel panic - not syncing\n').others).toEqual([
    'Kernel panic - not syncing',
  ]);
});

test('a line of a megabyte is read in no time to speak of', () => {
  const long = `@1 ${'~'.repeat(1 << 20)}`;
  expect(parseSerial(long).records).toEqual([]);
  expect(parseSerial(`@1 ${' @1 x ~0000'.repeat(1 << 16)}`).records).toEqual([]);
});

test('records are found by their first word', () => {
  const recording = parseSerial(logOf(['case 1 s0 r3', 'cases 2', 'case 2', 'DONE']));
  expect(about(recording, 'case')).toEqual([['1', 's0', 'r3'], ['2']]);
});
