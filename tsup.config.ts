import { readFileSync } from 'node:fs';
import type { Options } from 'tsup';
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

/** Serves every package: what stands in `dependencies` stays outside, what stands in `devDependencies` is bundled. */
const options: Options = {
  entry: entries(),
  format: 'esm',
  target: 'node20.19',
  platform: 'node',
  // tsup sets baseUrl, which TypeScript 6 calls deprecated.
  dts: { compilerOptions: { ignoreDeprecations: '6.0' } },
  clean: true,
  sourcemap: true,
  treeshake: true,
  removeNodeProtocol: false,
  esbuildPlugins: [upstreamPlugin],
};

export default options;
