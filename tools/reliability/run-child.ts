import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { RunConfig } from './child/run-config.ts';

const source = fileURLToPath(new URL('child/program.ts', import.meta.url));
const bundled = fileURLToPath(new URL('../../node_modules/.cache/reliability/program.mjs', import.meta.url));

/**
 * Writes the program as one file, because each of many processes would else translate all sources: three seconds instead
 * of one.
 */
export async function bundleProgram(): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: [source],
    outfile: bundled,
    write: false,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@cantrip/source'],
    external: ['@tensorflow/*', 'tsx', 'esbuild', 'vitest'],
    logLevel: 'error',
    plugins: [
      {
        name: 'own-address',
        setup: ({ onLoad }) =>
          // Sources find files beside them by their own address.
          onLoad({ filter: /[\\/](packages|tools)[\\/].*\.ts$/ }, ({ path }) => ({
            contents: readFileSync(path, 'utf8').replaceAll(
              'import.meta.url',
              JSON.stringify(pathToFileURL(path).href),
            ),
            loader: 'ts',
          })),
      },
    ],
  });
  mkdirSync(dirname(bundled), { recursive: true });
  writeFileSync(bundled, outputFiles[0]!.contents);
}

export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What it printed, both streams together. */
  readonly output: string;
}

export interface ChildOptions {
  /** The most memory for JavaScript's values, in MiB. */
  readonly heap?: number;
  /** Sends the signal once the child has printed the text. */
  readonly signal?: { readonly name: NodeJS.Signals; readonly after: string };
  /** Kills the child after so many milliseconds, counted from its first step. */
  readonly killAfter?: number;
}

/** Runs the program once. */
export async function runChild(config: RunConfig, options: ChildOptions = {}): Promise<Ending> {
  const { heap, signal, killAfter } = options;
  const asSource = (config.tricks?.length ?? 0) > 0;
  const program = asSource ? ['--import', 'tsx', '--conditions=@cantrip/source', source] : [bundled];
  const memory = heap === undefined ? [] : [`--max-old-space-size=${heap}`];
  const child = spawn(process.execPath, [...memory, ...program, JSON.stringify(config)], {
    cwd: join(dirname(source), '..', '..'),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let timer: NodeJS.Timeout | undefined;
  let sent = false;
  child.stdout.on('data', (text: Buffer) => {
    output += text.toString();
    if (signal && !sent && output.includes(signal.after)) sent = child.kill(signal.name);
    if (killAfter !== undefined) timer ??= setTimeout(() => child.kill('SIGKILL'), killAfter);
  });
  child.stderr.on('data', (text: Buffer) => (output += text.toString()));
  const [code, ended] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  clearTimeout(timer);
  return { code, signal: ended, output };
}
