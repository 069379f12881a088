import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'esbuild';

const standIns = join(
  dirname(fileURLToPath(import.meta.url)),
  '../../packages/core-tensor-gpu/src/native/upstream/stand-ins',
);

/** What tfjs-node-gpu's files ask for, and what they are given: the same as when they are run from node_modules. */
const given: Readonly<Record<string, string>> = {
  '@tensorflow/tfjs': 'tfjs.ts',
  util: 'node-util.ts',
  os: 'node-os.ts',
  './proto/api_pb': 'messages.ts',
};

const upstream = /[\\/]tfjs-node-gpu[\\/]dist[\\/].*\.js$/;

/** Lets esbuild bundle tfjs-node-gpu's backend and kernels over tfjs-core alone. */
export const upstreamPlugin: Plugin = {
  name: 'tfjs-node-upstream',
  setup(build) {
    build.onResolve({ filter: /^(@tensorflow\/tfjs|util|os|\.\/proto\/api_pb)$/ }, ({ path, importer }) =>
      upstream.test(importer) ? { path: join(standIns, given[path]!) } : undefined,
    );
    // Where a file names tfjs-core itself, it is a package outside the bundle, which `require` does not reach.
    build.onLoad({ filter: upstream }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replaceAll(
        'require("@tensorflow/tfjs-core")',
        'require("@tensorflow/tfjs")',
      ),
    }));
  },
};
