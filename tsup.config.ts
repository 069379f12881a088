import { readdirSync, readFileSync } from 'node:fs';
import type { Options } from 'tsup';
import { pureCallsPlugin } from './tools/build/pure-calls-plugin.ts';
import { separateModulesPlugin } from './tools/build/separate-modules-plugin.ts';
import { upstreamPlugin } from './tools/build/upstream-plugin.ts';
import { writeDeclarations } from './tools/build/write-declarations.ts';

interface Manifest {
  readonly exports: Readonly<
    Record<
      string,
      string | { readonly '@cantrip/source': string; readonly browser?: string; readonly default: string }
    >
  >;
}

/** Every entry of the package in the current folder: built file (below dist, without its ending) to source. */
function entries(): Record<string, string> {
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
  const pairs = Object.values(exports)
    .filter((entry) => typeof entry !== 'string')
    .flatMap(({ '@cantrip/source': source, browser, default: built }) => [
      [built, source],
      ...(browser === undefined ? [] : [[browser, browser.replace('/dist/', '/src/').replace(/js$/, 'ts')]]),
    ]);
  return Object.fromEntries(
    pairs.map(([built = '', source = '']) => [built.replace(/^.*\/dist\/(.+)\.js$/, '$1'), source]),
  );
}

const { name } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly name: string };

/** What is for Node alone, or brings others along, is one file for each entry. */
const isBundled = [
  '@cantrip/ablation',
  '@cantrip/cli',
  '@cantrip/core-tensor-gpu',
  '@cantrip/cudnn-tuner',
].includes(name);

/** Every source file, for {@link separateModulesPlugin}. */
function modules(): Record<string, string> {
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  return Object.fromEntries(files.map((file) => [file.slice(0, -3), `./src/${file}`]));
}

/** Serves every package: what stands in `dependencies` stays outside, what stands in `devDependencies` is bundled. */
const options: Options = {
  entry: isBundled ? entries() : modules(),
  format: 'esm',
  target: 'node20.19',
  platform: 'node',
  onSuccess: () => writeDeclarations(entries()),
  clean: true,
  sourcemap: true,
  treeshake: true,
  removeNodeProtocol: false,
  esbuildPlugins: [upstreamPlugin, pureCallsPlugin, ...(isBundled ? [] : [separateModulesPlugin])],
};

export default options;
