// SPDX-License-Identifier: GPL-2.0-only
// What does Stryker load? A test runner, a checker and an ignorer, and the schema of what a
// configuration may say under `kvm`.

import type { StrykerOptions } from '@stryker-mutator/api/core';
import {
  commonTokens,
  declareFactoryPlugin,
  declareValuePlugin,
  PluginKind,
  tokens,
} from '@stryker-mutator/api/plugin';
import { type BabelPath, labelReason } from '#mutation/syntactic/labels';
import { KvmTypeChecker } from './checker.ts';
import type { KvmOptions } from './grounds.ts';
import { KvmTestRunner } from './runner.ts';

/** All of Stryker's options, ours among them. */
type Options = StrykerOptions & { readonly kvm?: KvmOptions };

runnerOf.inject = tokens(commonTokens.options);
function runnerOf({ kvm = {} }: Options): KvmTestRunner {
  return new KvmTestRunner(kvm);
}

checkerOf.inject = tokens(commonTokens.options);
function checkerOf({ kvm = {} }: Options): KvmTypeChecker {
  return new KvmTypeChecker(kvm);
}

export const strykerPlugins = [
  declareFactoryPlugin(PluginKind.TestRunner, 'kvm', runnerOf),
  declareFactoryPlugin(PluginKind.Checker, 'kvm', checkerOf),
  declareValuePlugin(PluginKind.Ignore, 'kvm', {
    shouldIgnore: (path) => labelReason(path as BabelPath),
  }),
];

const list = { type: 'array', items: { type: 'string' } };

export const strykerValidationSchema = {
  properties: {
    kvm: {
      description: 'Which eras and scenarios are run; all by default.',
      type: 'object',
      properties: { eras: list, scenarios: list },
      additionalProperties: false,
    },
  },
};
