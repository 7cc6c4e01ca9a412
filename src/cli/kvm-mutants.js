#!/usr/bin/env node
// SPDX-License-Identifier: GPL-2.0-only
// Is this a Node that can run the project? Plain JavaScript, so that an older one can still say no.

if (process.versions.node.split('.')[0] === '24') {
  // Most of a short command is the compiling of code. Node keeps what it has compiled, if it can.
  // Workers look at the variable.
  const { enableCompileCache } = await import('node:module');
  const { fileURLToPath } = await import('node:url');
  process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../../.cache/node', import.meta.url));
  enableCompileCache();
  const { main } = await import('./main.ts');
  await main(process.argv.slice(2));
} else {
  process.stderr.write(
    `kvm-mutants: this is Node ${process.versions.node}, but 24 is needed: ` +
      'run it through npm (npm run -s kvm-mutants -- <command>), which has the right one\n',
  );
  process.exitCode = 2;
}
