// SPDX-License-Identifier: GPL-2.0-only
// Is the subject as KVM's maintainers want it? `KVM: x86/mmu: Do this`, up to 75 columns.

import { type Context, type Rule, say } from '../rule.ts';
import type { Row } from '../values.ts';

export const rule: Rule = {
  name: 'shortlog-form',
  summary: 'the subject has another form than KVM: topic: Sentence',
  rows: ({ patch: { subject, isMail } }: Context): Row[] => {
    if (!isMail) return [];
    const sentence = subject.replace(/^(?:[\w./-]{1,40}: )+/, '');
    const problems = [
      [!subject.startsWith('KVM: '), "does not begin with 'KVM: '"],
      [/^[a-z]/.test(sentence), 'does not begin its sentence with a capital'],
      [subject.endsWith('.'), 'ends with a full stop'],
      [subject.length > 75, `has ${subject.length} columns, not 75`],
    ] as const;
    const said = problems.filter(([isSo]) => isSo).map(([, text]) => text);
    if (said.length === 0) return [say('ok', 'shortlog-form', 'the subject has its form')];
    return [say('note', 'shortlog-form', `the subject ${said.join(', and ')}`)];
  },
};
