// SPDX-License-Identifier: GPL-2.0-only
// Does a fix say what it fixes? The tag is never written here: a candidate is named at most.

import { type Context, type Rule, say } from '../rule.ts';
import { mended } from '../shape.ts';
import type { Row } from '../values.ts';

export const rule: Rule = {
  name: 'fixes-tag',
  summary: 'a fix has no Fixes: tag, or one of another form',
  rows: ({ patch, sides, knowledge }: Context): Row[] => {
    if (!patch.isMail) return [];
    const tags = patch.trailers.filter(({ key }) => key.toLowerCase() === 'fixes');
    const malformed = tags.filter(({ value }) => !/^[0-9a-f]{12,} \(".+"\)$/.test(value));
    if (malformed.length > 0) {
      return [say('note', 'fixes-tag', 'a Fixes: tag has not the form 12 digits ("subject")')];
    }
    if (tags.length > 0) return [say('ok', 'fixes-tag', 'there is a Fixes: tag')];
    const isFix = /\b(fix(es|ed)?|bug|regression|race)\b/i.test(patch.subject);
    const known = knowledge.shapes.find(
      (shape) => shape.kind === 'regression' && mended(shape, sides).length > 0,
    );
    const regression = knowledge.regressions.find(({ name }) => name === known?.name);
    if (regression !== undefined) {
      const like = regression.commit ?? `"${regression.subject}"`;
      return [say('note', 'fixes-tag', `no Fixes: tag, though it does what ${like} did`)];
    }
    return isFix ? [say('note', 'fixes-tag', 'a fix without a Fixes: tag')] : [];
  },
};
