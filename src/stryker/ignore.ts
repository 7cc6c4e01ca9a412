// SPDX-License-Identifier: GPL-2.0-only
// How does Stryker itself learn which places to leave alone? By this plugin, which asks the same
// question as our own use of its instrumenter.

import { declareValuePlugin, PluginKind } from '@stryker-mutator/api/plugin';
import { type BabelPath, labelReason } from '#mutation/syntactic/labels';

/** For `ignorers` of a Stryker configuration. */
export const labelIgnorer = declareValuePlugin(PluginKind.Ignore, 'kvm-labels', {
  shouldIgnore: (path) => labelReason(path as BabelPath),
});
