// SPDX-License-Identifier: GPL-2.0-only
// Do tests come after what they test? A bisection would stop at a test that cannot pass yet.

import type { Patch } from '../../patch/values.ts';
import { type Context, type Rule, say } from '../rule.ts';
import { isKvmCode, isSelftest, pathsOf } from '../scope.ts';
import type { Row } from '../values.ts';

const isFix = ({ trailers }: Patch) => trailers.some(({ key }) => key.toLowerCase() === 'fixes');

export const rule: Rule = {
  name: 'tests-in-series',
  summary: 'a fix comes without a test, or after it',
  rows: ({ patch, series }: Context): Row[] => {
    if (!isFix(patch) || !pathsOf(patch).some(isKvmCode)) return [];
    const tests = series.filter((one) => pathsOf(one).some(isSelftest));
    const before = tests.filter(
      (one) => one !== patch && series.indexOf(one) < series.indexOf(patch),
    );
    if (before.length > 0) {
      return [say('note', 'tests-in-series', 'a selftest comes before the fix that it tests')];
    }
    if (tests.length > 0) return [say('ok', 'tests-in-series', 'a selftest comes with the fix')];
    return [
      say('human', 'tests-in-series', 'a reproducer, or found by inspection? No test is here'),
    ];
  },
};
