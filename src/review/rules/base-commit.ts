// SPDX-License-Identifier: GPL-2.0-only
// Which tree is a series against? format-patch --base says it, and a run needs it.

import { type Context, type Rule, say } from '../rule.ts';
import type { Row } from '../values.ts';

export const rule: Rule = {
  name: 'base-commit',
  summary: 'a mailed series does not say which commit it is against',
  rows: ({ patch, series }: Context): Row[] => {
    const mails = series.filter(({ messageId }) => messageId !== '');
    if (patch.messageId === '' || mails.some(({ baseCommit }) => baseCommit !== null)) return [];
    // Once for a series: with its first patch that changes anything.
    if (patch !== mails.find(({ files }) => files.length > 0)) return [];
    return [say('note', 'base-commit', 'there is no base-commit: (git format-patch --base)')];
  },
};
