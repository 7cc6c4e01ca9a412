// SPDX-License-Identifier: GPL-2.0-only
// Which package, and which port, is meant by what apt prints?

import { expect, test } from 'vitest';
import { eraNames } from '#lab/ports';
import { compareReleases, erasFor } from './eras.ts';
import { cachedKernels, dependedOn } from './kernels.ts';

test('a metapackage names its image, and only an image of the cloud', () => {
  const text = (name: string) => `linux-image-cloud-amd64\n  Depends: ${name}\n`;
  expect(dependedOn(text('linux-image-6.1.0-57-cloud-amd64'))).toBe(
    'linux-image-6.1.0-57-cloud-amd64',
  );
  expect(dependedOn(text('linux-image-6.12.117+deb12-cloud-amd64'))).toBe(
    'linux-image-6.12.117+deb12-cloud-amd64',
  );
  for (const name of ['linux-image-6.1.0-57-amd64', '-o=x-cloud-amd64', 'linux-image-6.1;id'])
    expect(dependedOn(text(name))).toBeNull();
  expect(dependedOn('')).toBeNull();
});

test('5.17 comes after 5.9', () => {
  expect(compareReleases('5.17', '5.9')).toBeGreaterThan(0);
  expect(compareReleases('6.1', '6.12')).toBeLessThan(0);
});

test('a kernel is held against the port of its era, or the newest usable one before', () => {
  const all = eraNames();
  expect(erasFor('6.12', all)).toEqual({ own: 'v6.12', before: null, isOwnEra: true });
  expect(erasFor('6.1', all)).toEqual({ own: 'v6.12', before: 'v5.11', isOwnEra: true });
  expect(erasFor('5.11', all)).toEqual({ own: 'v5.11', before: null, isOwnEra: true });
  expect(erasFor('6.1', ['v3.19'])).toEqual({ own: 'v3.19', before: null, isOwnEra: false });
  expect(erasFor('2.6', all)).toBeNull();
});

test('a cache that is not there holds no kernel', () => {
  expect(cachedKernels('/nowhere/at/all')).toEqual([]);
});
