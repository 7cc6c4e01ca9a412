// SPDX-License-Identifier: GPL-2.0-only
// A patch of one hunk from a few lines, for tests of shapes and rules.

import { readPatches } from '../patch/read.ts';
import type { Patch } from '../patch/values.ts';
import type { Example } from './shape.ts';

/** The diff of one hunk within a function or, for a name in capitals, of a macro. */
export function diffOf([owner, ...lines]: Example, path = 'virt/kvm/kvm_main.c'): string {
  const count = (mark: string) => lines.filter((line) => !line.startsWith(mark)).length;
  const heading = /^[A-Z_0-9]+$/.test(owner) ? '' : ` static int ${owner}(struct kvm *kvm)`;
  const header = `@@ -10,${count('+')} +10,${count('-')} @@${heading}`;
  const names = `diff --git a/${path} b/${path}\n--- a/${path}\n+++ b/${path}`;
  return `${names}\n${header}\n${lines.join('\n')}\n`;
}

export function patchOf(text: string): Patch {
  return readPatches(new TextEncoder().encode(text), 'a test')[0]!;
}

/** A mail with a subject and a changelog around a diff. */
export function mailOf(subject: string, changelog: string, diff: string): Patch {
  const head = `From: A Contributor <contributor@example.org>\nSubject: [PATCH] ${subject}`;
  return patchOf(`${head}\nMessage-ID: <1@example.org>\n\n${changelog}\n---\n\n${diff}`);
}
