import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { upstreamPlugin } from '../build/upstream-plugin.ts';

// Runs tfjs-core's own op tests, which nobody here wrote, on the device `tensorflow`.
//   --device=NAME  on this one: cuda is TensorFlow on a GPU; webgpu is experimental, and its failures are listed
//                  in webgpu-failures.json
//   --update     webgpu: writes the list anew
//   --only=TEXT  the tests whose full name contains TEXT
//   --captured   every op as a graph function of one op, as in a captured step, instead of eagerly
//   --all        the excluded ones too; tells which exclusions nothing needs

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const core = join(root, 'node_modules/@tensorflow/tfjs-core/dist');
const webgpu = process.argv.join(' ').match(/--device[= ]webgpu/) !== null;
const outfile = join(root, `node_modules/.cache/op-tests${webgpu ? '-webgpu' : ''}.mjs`);

// The tests import tfjs-core's parts one by one, so everything is bundled into one file around one tfjs-core.
mkdirSync(dirname(outfile), { recursive: true });
await build({
  entryPoints: [join(here, webgpu ? 'run-webgpu.ts' : 'run.ts')],
  outfile,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  conditions: ['@cantrip/bundle', '@cantrip/source'],
  external: ['koffi', 'jasmine', 'jasmine-core', 'webgpu'],
  alias: {
    '@tensorflow/tfjs-core': join(core, 'index.js'),
    '@tfjs-core-dist': core,
    // Its other build has classes of functions, which cannot extend those of this tfjs-core.
    '@tensorflow/tfjs-backend-webgpu': join(
      root,
      'node_modules/@tensorflow/tfjs-backend-webgpu/dist/index.js',
    ),
  },
  plugins: [upstreamPlugin],
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
  // tfjs-core's package.json calls its tests free of side effects.
  ignoreAnnotations: true,
  logLevel: 'error',
});
await import(outfile);
