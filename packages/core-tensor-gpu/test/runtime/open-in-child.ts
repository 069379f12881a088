import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** The package as a program imports it, for a child process. */
export const core: string = JSON.stringify(new URL('../../src/index.ts', import.meta.url).href);

export interface Said {
  readonly out: string;
  readonly err: string;
}

/** Runs a program in a process of its own; rejects where that ends otherwise than with 0. */
export async function runInChild(
  program: string,
  env: Readonly<Record<string, string>>,
  before: readonly string[] = [],
): Promise<Said> {
  const folder = mkdtempSync(join(tmpdir(), 'child-'));
  // Another user may run it.
  chmodSync(folder, 0o755);
  const file = join(folder, 'program.mjs');
  writeFileSync(file, program);
  const [command, ...rest] = [
    ...before,
    process.execPath,
    '--conditions=@cantrip/source',
    `--import=${tsx}`,
    file,
  ];
  const { stdout, stderr } = await promisify(execFile)(command!, rest, { env: { ...process.env, ...env } });
  return { out: stdout.trim(), err: stderr };
}

/** What a process says of opening the best device; a crash has no words. */
export function openedBy(
  env: Readonly<Record<string, string>>,
  before: readonly string[] = [],
): Promise<Said> {
  return runInChild(
    `import { openDevice } from ${core};
    const opened = openDevice().then((device) => JSON.stringify(device.describe()), (error) => error.message);
    console.log(await opened);`,
    env,
    before,
  );
}
