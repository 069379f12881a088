import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { upstreamPlugin } from '../build/upstream-plugin.ts';

// Runs tfjs-core's own op tests, which nobody here wrote, on the device `tensorflow`.
//   --device=NAME  on this one: cuda is TensorFlow on a GPU
//   --only=TEXT  the tests whose full name contains TEXT
//   --captured   every op as a graph function of one op, as in a captured step, instead of eagerly
//   --all        the excluded ones too; tells which exclusions nothing needs

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const core = join(root, 'node_modules/@tensorflow/tfjs-core/dist');
const outfile = join(root, 'node_modules/.cache/op-tests.mjs');

// The tests import tfjs-core's parts one by one, so everything is bundled into one file around one tfjs-core.
mkdirSync(dirname(outfile), { recursive: true });
await build({
  entryPoints: [join(here, 'run.ts')],
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  conditions: ['@cantrip/bundle', '@cantrip/source'],
  external: ['koffi', 'jasmine', 'jasmine-core'],
  alias: { '@tensorflow/tfjs-core': join(core, 'index.js'), '@tfjs-core-dist': core },
  plugins: [upstreamPlugin],
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
  // tfjs-core's package.json calls its tests free of side effects.
  ignoreAnnotations: true,
  logLevel: 'error',
});
await import(outfile);
