// SPDX-License-Identifier: GPL-2.0-only
// What does the install of a new set look like since the number has a flag? The number with the
// flag is stored before the publication; after the grace period the flag goes, the number grows,
// the architecture is told, and the result is stored. Operators on the order and on the numbers of
// such an install share these questions.

import type { Node, Statement } from 'ts-morph';
import { publications } from './install.ts';
import { siblings } from './statements.ts';

export interface FlaggedInstall {
  /** `slots.generation = gen | FLAG;` */
  readonly flagged: Statement;
  /** The publication. */
  readonly publish: Statement;
  /** `gen = u64(gen + n);` or `gen += n;` */
  readonly step: Statement;
  /** `kvm_arch_memslots_updated(kvm, gen);`, or null. */
  readonly hook: Statement | null;
  /** `slots.generation = gen;` */
  readonly stored: Statement;
  /** The field, such as `slots.generation`. */
  readonly field: string;
  /** The local number, such as `gen`. */
  readonly number: string;
  /** What the number becomes, such as `u64(gen + n)`. */
  readonly next: string;
}

export function flaggedInstalls(node: Node): FlaggedInstall[] {
  return publications(node).flatMap(({ statement, object }) => {
    const all = siblings(statement);
    const at = all.indexOf(statement);
    const found = (list: readonly Statement[], pattern: RegExp) =>
      list.flatMap((one) => {
        const match = pattern.exec(one.getText());
        return match === null ? [] : [{ one, match }];
      })[0];
    const field = `${object}.generation`;
    const quoted = field.replace('.', '\\.');
    const flagged = found(all.slice(0, at), new RegExp(`^${quoted} = (\\w+) \\| \\w+;$`));
    if (flagged === undefined) return [];
    const number = flagged.match[1]!;
    const after = all.slice(at);
    const step = found(
      after,
      new RegExp(`^${number} (?:\\+= (.+)|= (u64\\(${number} \\+ .+\\)));$`),
    );
    const stored = found(after, new RegExp(`^${quoted} = ${number};$`));
    if (step === undefined || stored === undefined) return [];
    const hook = found(after, /^kvm_arch_memslots_updated\(/)?.one ?? null;
    const next = step.match[2] ?? `${number} + ${step.match[1]}`;
    const [publish, parts] = [statement, { field, number, next, hook }];
    return [{ ...parts, publish, flagged: flagged.one, step: step.one, stored: stored.one }];
  });
}
