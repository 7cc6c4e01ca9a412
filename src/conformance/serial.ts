// SPDX-License-Identifier: GPL-2.0-only
// What did the probe say? Its records among whatever else a kernel writes to a serial line. A
// record that is broken, or missing between others, is known to be: it is never taken for silence.

export interface Recording {
  /** Texts of the records, in the order of their numbers. */
  readonly records: readonly string[];
  /** What is wrong with the log, one sentence each; empty if it is whole. */
  readonly faults: readonly string[];
  /** The last lines that are no records: what a kernel says before it dies. */
  readonly others: readonly string[];
  /** The machine said nothing for too long, each time. */
  readonly isHung?: boolean;
}

const OTHERS_MAX = 30;
const FAULTS_MAX = 20;
const END = 'DONE';

/** Records of a log, which is read as latin1: one character is one byte. */
export function parseSerial(log: string): Recording {
  const byNumber = new Map<number, string>();
  const others: string[] = [];
  const wrong: string[] = [];
  for (const raw of log.split('\n')) {
    const line = raw.replace(/\r+$/, '');
    if (line === '') continue;
    const record = recordOf(line);
    if (record === null) others.push(line);
    else if (byNumber.has(record.number)) wrong.push(`record ${record.number} comes twice`);
    else byNumber.set(record.number, record.text);
  }
  const numbers = [...byNumber.keys()].sort((a, b) => a - b);
  let expected = 1;
  for (const number of numbers) {
    if (number > expected) wrong.push(lostText(expected, number - 1));
    expected = number + 1;
  }
  const records = numbers.map((number) => byNumber.get(number)!);
  const failed = records.find((text) => text.startsWith('fail '));
  if (failed !== undefined) wrong.push(`the probe gave up: ${failed.slice('fail '.length)}`);
  else if (records.at(-1) !== END) wrong.push('the log ends before the probe was done');
  const faults = wrong.slice(0, FAULTS_MAX);
  return { records, faults, others: others.slice(-OTHERS_MAX) };
}

function lostText(from: number, to: number): string {
  return from === to ? `record ${from} is lost` : `records ${from} to ${to} are lost`;
}

/** `@number text ~sum`; null for any other line. */
function recordOf(line: string): { readonly number: number; readonly text: string } | null {
  const [, digits, sum] = /^@([1-9]\d{0,8}) .*~([0-9a-f]{4})$/.exec(line) ?? [];
  if (digits === undefined) return null;
  const summed = line.slice(0, -sum!.length - 1);
  if (sumOf(summed) !== Number.parseInt(sum!, 16)) return null;
  return { number: Number(digits), text: summed.slice(digits.length + 2).replace(/ $/, '') };
}

/** The check sum of serial.c. */
export function sumOf(text: string): number {
  let sum = 0;
  for (let i = 0; i < text.length; i++) sum = (sum * 31 + text.charCodeAt(i)) & 0xffff;
  return sum;
}

/** The records that begin with a word, each as its other words. */
export function about({ records }: Recording, word: string): string[][] {
  return records
    .filter((text) => text.startsWith(`${word} `))
    .map((text) => text.split(' ').slice(1));
}
