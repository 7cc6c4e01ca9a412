// SPDX-License-Identifier: GPL-2.0-only
// What do viewers of static analysis show? A result for each finding, with a fingerprint that
// survives a rebase, and the interleaving as thread flows where there is one.

import { createHash } from 'node:crypto';
import { visible } from '../../report/escapes.ts';
import { TOOL } from '../../report/schema.ts';
import { codeOf } from '../code.ts';
import { type ReviewFormat, rowsOf, safeJson, titleOf, toldOf } from '../format.ts';
import type { Place, Review, Row, Story, StoryStep } from '../values.ts';

export const format: ReviewFormat = {
  name: 'sarif',
  summary: 'SARIF 2.1.0 for viewers and code scanning',
  text: (review) =>
    safeJson({
      version: '2.1.0',
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      runs: [runOf(review)],
    }),
};

function runOf({ patches, notChecked }: Review): object {
  const asks = patches.flatMap(toldOf).filter(({ word }) => word !== 'unknown');
  const names = [...new Set(asks.map(({ name }) => name))].sort();
  const unread = patches.filter(({ state }) => state === 'unread');
  const unknown = patches.flatMap((review) =>
    rowsOf(review, 'unknown').map(({ name, text }) => ({
      level: 'error',
      message: { text: visible(`${titleOf(review)}: ${name}: ${text}`) },
    })),
  );
  return {
    tool: {
      driver: {
        name: TOOL.name,
        version: TOOL.version,
        rules: names.map((id) => ({ id })),
      },
    },
    originalUriBaseIds: { SRCROOT: { description: { text: 'the root of the kernel tree' } } },
    columnKind: 'utf16CodeUnits',
    invocations: [
      {
        executionSuccessful: unread.length + unknown.length === 0,
        toolExecutionNotifications: [
          ...unread.map((review) => ({
            level: 'error',
            message: { text: visible(`${titleOf(review)}: ${review.patch.problems.join('; ')}`) },
          })),
          ...unknown,
        ],
      },
    ],
    results: asks.map((row) => resultOf(row, names)),
    properties: { notChecked },
  };
}

const LEVELS: Partial<Record<Row['word'], string>> = { FAIL: 'error', weak: 'note' };

function resultOf(row: Row, names: readonly string[]): object {
  const { word, name, text, question, place, story } = row;
  return {
    ruleId: name,
    ruleIndex: names.indexOf(name),
    level: LEVELS[word] ?? 'warning',
    message: { text: visible(`${text}. ${question ?? ''}`.trim()) },
    locations: place === null ? [] : [locationOf(place)],
    ...(story === null ? {} : { codeFlows: [flowOf(story)] }),
    partialFingerprints: { 'kvmMutants/v1': fingerprint(row) },
  };
}

/** One flow a thread; the order over all of them is the interleaving. */
function flowOf({ mutant, schedule, threads, steps }: Story): object {
  return {
    message: { text: `${mutant}; again: kvm-mutants replay ${schedule}` },
    threadFlows: threads.map((id, thread) => ({
      id,
      locations: steps.flatMap((step, i) =>
        step.thread === thread ? [{ executionOrder: i + 1, location: stepLocation(step) }] : [],
      ),
    })),
  };
}

function stepLocation({ text, function: name }: StoryStep): object {
  const logical = name === null ? {} : { logicalLocations: [{ name, kind: 'function' }] };
  return { message: { text: visible(text) }, ...logical };
}

function locationOf({ path, line, function: name }: Place): object {
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(path), uriBaseId: 'SRCROOT' },
      ...(line === null || line < 1 ? {} : { region: { startLine: line } }),
    },
    ...(name === null ? {} : { logicalLocations: [{ name, kind: 'function' }] }),
  };
}

/** A relative path as a URI. */
function uriOf(path: string): string {
  return path
    .toWellFormed()
    .split('/')
    .map((part) => encodeURIComponent(part))
    .join('/');
}

/** The same finding in the same function has the same, wherever its lines have moved. */
function fingerprint({ name, place }: Row): string {
  const code = codeOf([place?.text ?? '']);
  return createHash('sha256')
    .update([name, place?.path ?? '', place?.function ?? '', code].join('\0'))
    .digest('hex')
    .slice(0, 32);
}
