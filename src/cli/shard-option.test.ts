// SPDX-License-Identifier: GPL-2.0-only
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { shardOption } from './shard-option.ts';

const folder = mkdtempSync(join(tmpdir(), 'kvm-mutants-shard-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('without a word there is no shard', () => {
  expect(shardOption({}, {})).toBe(null);
  expect(shardOption({}, { TEST_TOTAL_SHARDS: '', CI_NODE_TOTAL: '3', CI_NODE_INDEX: '1' })).toBe(
    null,
  );
});

test("Bazel's shards count from 0, and it is told that they are honoured", () => {
  const TEST_SHARD_STATUS_FILE = join(folder, 'status');
  const environment = { TEST_TOTAL_SHARDS: '3', TEST_SHARD_INDEX: '0', TEST_SHARD_STATUS_FILE };
  expect(shardOption({}, environment)).toEqual({ index: 1, of: 3 });
  expect(existsSync(TEST_SHARD_STATUS_FILE)).toBe(true);
});

test('the command line comes before the environment', () => {
  const environment = { TEST_TOTAL_SHARDS: '3', TEST_SHARD_INDEX: '0' };
  expect(shardOption({ shard: '2/5' }, environment)).toEqual({ index: 2, of: 5 });
});

test.each([
  { TEST_TOTAL_SHARDS: '3' },
  { TEST_TOTAL_SHARDS: '3', TEST_SHARD_INDEX: '3' },
  { TEST_TOTAL_SHARDS: 'x', TEST_SHARD_INDEX: '0' },
  { TEST_TOTAL_SHARDS: '3', TEST_SHARD_INDEX: '0', TEST_SHARD_STATUS_FILE: '/dev/null/x' },
])('%j is refused', (environment) => {
  expect(() => shardOption({}, environment)).toThrow(expect.objectContaining({ exitCode: 2 }));
});
