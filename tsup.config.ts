import { readdirSync, readFileSync } from 'node:fs';
import type { Options } from 'tsup';
import { pureCallsPlugin } from './tools/build/pure-calls-plugin.ts';
import { upstreamPlugin } from './tools/build/upstream-plugin.ts';

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

/**
 * Every source file, so that each becomes a module of its own: a bundler leaves out modules that a program does not use, but
 * hardly any statement of one large file. Not where a package is for Node alone, or brings others along.
 */
function modules(): Record<string, string> {
  const { name } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly name: string };
  if (
    ['@cantrip/ablation', '@cantrip/cli', '@cantrip/core-tensor-gpu', '@cantrip/cudnn-tuner'].includes(name)
  )
    return {};
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  return Object.fromEntries(files.map((file) => [`modules/${file.slice(0, -3)}`, `./src/${file}`]));
}

/** Serves every package: what stands in `dependencies` stays outside, what stands in `devDependencies` is bundled. */
const options: Options = {
  entry: { ...modules(), ...entries() },
  format: 'esm',
  target: 'node20.19',
  platform: 'node',
  // tsup sets baseUrl, which TypeScript 6 calls deprecated.
  dts: { entry: entries(), compilerOptions: { ignoreDeprecations: '6.0' } },
  clean: true,
  sourcemap: true,
  treeshake: true,
  removeNodeProtocol: false,
  esbuildPlugins: [upstreamPlugin, pureCallsPlugin],
};

export default options;
