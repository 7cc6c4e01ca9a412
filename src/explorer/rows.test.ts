// SPDX-License-Identifier: GPL-2.0-only
import { expect, test } from 'vitest';
import { RowSet } from './rows.ts';

const WIDTHS = [1, 2, 5, 33];

/** Rows that differ from the row of zeroes in one cell each, by each of two values. */
function neighbours(width: number): Int32Array[] {
  return Array.from({ length: 2 * width }, (_, i) => {
    const row = new Int32Array(width);
    row[i >> 1] = i % 2 === 0 ? 1 : -1;
    return row;
  });
}

/** How many of the neighbours of zero a set takes for new, after it has seen zero. */
function newNeighbours(width: number, set: RowSet): number {
  set.add(new Int32Array(width));
  return neighbours(width).filter((row) => set.add(row) >= 0).length;
}

const constant = () => 7;

test('rows that differ in exactly one cell are different rows, whichever cell it is', () => {
  for (const width of WIDTHS) {
    expect(newNeighbours(width, new RowSet(width))).toBe(2 * width);
  }
});

test('rows that differ in exactly one cell are different rows when all hashes collide', () => {
  for (const width of WIDTHS) {
    expect(newNeighbours(width, new RowSet(width, constant))).toBe(2 * width);
  }
});

test('a set that skips the last cell when it compares rows takes some neighbours for one', () => {
  class SkipsLastCell extends RowSet {
    override add(row: Int32Array): number {
      return super.add(row.with(this.width - 1, 0));
    }
  }
  for (const width of WIDTHS) {
    expect(newNeighbours(width, new SkipsLastCell(width))).toBe(2 * width - 2);
  }
});

test('a row is new once, and is read back under the number that it got', () => {
  const set = new RowSet(3);
  const rows = Array.from({ length: 5000 }, (_, i) => Int32Array.of(i % 17, i, -i));
  rows.forEach((row, i) => {
    expect(set.add(row)).toBe(i);
  });
  for (const row of rows) expect(set.add(row)).toBe(-1);
  const read = new Int32Array(3);
  rows.forEach((row, i) => {
    set.read(i, read);
    expect(read).toEqual(row);
  });
  expect(set.size).toBe(5000);
});

test('colliding rows are told apart after the table has grown', () => {
  const set = new RowSet(1, (row, from) => row[from]! & 3);
  for (let i = 0; i < 3000; i++) expect(set.add(Int32Array.of(i))).toBe(i);
  for (let i = 0; i < 3000; i++) expect(set.add(Int32Array.of(i))).toBe(-1);
});

test('rows made wider keep their numbers and still tell every cell apart', () => {
  for (const hash of [undefined, constant]) {
    const set = new RowSet(2, hash);
    expect(set.add(Int32Array.of(4, 5))).toBe(0);
    set.widen(4, (index) => 10 * index);
    expect(set.add(Int32Array.of(4, 5, 20, 30))).toBe(-1);
    for (let cell = 0; cell < 4; cell++) {
      expect(set.add(Int32Array.of(4, 5, 20, 30).with(cell, 99))).toBe(cell + 1);
    }
  }
});
