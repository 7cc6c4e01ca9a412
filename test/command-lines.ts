// SPDX-License-Identifier: GPL-2.0-only
// How are many command lines tried quickly? In one process, each as main() would be started. And
// what does one say that somebody ends?

import { type ChildProcessWithoutNullStreams, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs command lines one after the other in one process, which is quicker than one for each. */
export function inOneProcess(folder: string, lines: readonly (readonly string[])[]): Ran[] {
  const file = join(folder, 'lines.mjs');
  const text = `
    import { main } from ${JSON.stringify(new URL('../src/cli/main.ts', import.meta.url).href)};
    const answers = [];
    let ran;
    process.setMaxListeners(0);
    process.stdout.setMaxListeners(0);
    const write = process.stdout.write.bind(process.stdout);
    process.stdout.write = (text) => { ran.stdout += text; return true; };
    process.stderr.write = (text) => { ran.stderr += text; return true; };
    for (const line of ${JSON.stringify(lines)}) {
      ran = { status: null, stdout: '', stderr: '' };
      await main(line);
      ran.status = process.exitCode;
      answers.push(ran);
    }
    process.exitCode = 0;
    write(JSON.stringify(answers));`;
  writeFileSync(file, text);
  const { stdout } = spawnSync(process.execPath, [file], { encoding: 'utf8', cwd: folder });
  return JSON.parse(stdout) as Ran[];
}

/** What a command says until it ends. */
export async function ended(child: ChildProcessWithoutNullStreams): Promise<Ran> {
  const said: [string, string] = ['', ''];
  [child.stdout, child.stderr].forEach((stream, i) => {
    stream.on('data', (data) => {
      said[i] += data;
    });
  });
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { status, stdout: said[0], stderr: said[1] };
}
