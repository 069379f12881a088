import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { trickFiles } from '../combinations/all-tricks.ts';
import type { RunConfig } from './child/run-config.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const source = join(root, 'tools/reliability/child/program.ts');
const folder = join(root, 'node_modules/.cache/reliability');
const bundled = join(folder, 'program.mjs');

/**
 * Writes the program as one file, and the tricks as another, because each of many processes would else translate all sources:
 * three seconds instead of one.
 */
export async function bundleProgram(): Promise<void> {
  await build({
    entryPoints: [source],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@cantrip/source'],
    external: ['@tensorflow/*'],
    logLevel: 'error',
    plugins: [{ name: 'sources', setup: ({ onLoad }) => onLoad({ filter: ownSources }, loadSource) }],
  });
}

const ownSources = /[\\/](packages|tools)[\\/].*\.ts$/;

function loadSource({ path }: { readonly path: string }): { contents: string; loader: 'ts' } {
  const isTricks = path.endsWith(join('combinations', 'all-tricks.ts'));
  // Sources find files beside them by their own address.
  const address = JSON.stringify(pathToFileURL(path).href);
  const contents = isTricks ? tricksByName() : readFileSync(path, 'utf8');
  return { contents: contents.replaceAll('import.meta.url', address), loader: 'ts' };
}

/** The module of all tricks with imports by name, since a bundle holds only what is imported so. */
function tricksByName(): string {
  const files = trickFiles();
  const imports = files.map((file, i) => `import { together as t${i} } from ${JSON.stringify(file)};`);
  return `${imports.join('\n')}\nexport const allTricks = async () => [${files.map((_, i) => `...t${i}`).join()}];`;
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
  /** Sends the signal so many milliseconds after the child has printed the text; 0 by default. */
  readonly signal?: { readonly name: NodeJS.Signals; readonly after: string; readonly wait?: number };
}

/** Runs the program once. */
export async function runChild(config: RunConfig, options: ChildOptions = {}): Promise<Ending> {
  const { heap, signal } = options;
  const memory = heap === undefined ? [] : [`--max-old-space-size=${heap}`];
  const child = spawn(process.execPath, [...memory, bundled, JSON.stringify(config)], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let timer: NodeJS.Timeout | undefined;
  child.stdout.on('data', (text: Buffer) => {
    output += text.toString();
    if (signal && output.includes(signal.after))
      timer ??= setTimeout(() => child.kill(signal.name), signal.wait ?? 0);
  });
  child.stderr.on('data', (text: Buffer) => (output += text.toString()));
  const [code, ended] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  clearTimeout(timer);
  return { code, signal: ended, output };
}
