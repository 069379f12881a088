import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { compileFunction } from 'node:vm';
import * as messages from './stand-ins/messages.ts';
import * as os from './stand-ins/node-os.ts';
import * as tfjs from './stand-ins/tfjs.ts';
import * as util from './stand-ins/node-util.ts';
import type { Upstream } from './upstream.ts';

interface CommonJsModule {
  exports: object;
}

const standIns: Readonly<Record<string, object>> = {
  '@tensorflow/tfjs': tfjs,
  '@tensorflow/tfjs-core': tfjs,
  util,
  os,
  './proto/api_pb': messages,
};

/**
 * Loads tfjs-node-gpu's JavaScript from node_modules, during development; a build bundles it. Each file gets our own
 * `require`, so only tfjs-core is loaded and nothing leaks into the process.
 */
export function loadUpstream(): Promise<Upstream> {
  const load = commonJsLoader();
  const { resolve } = createRequire(import.meta.url);
  const backend = load(resolve('@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js')) as Upstream;
  load(resolve('@tensorflow/tfjs-node-gpu/dist/register_all_kernels.js'));
  return Promise.resolve(backend);
}

function commonJsLoader(): (path: string) => object {
  const loaded = new Map<string, CommonJsModule>();
  return function load(path) {
    const known = loaded.get(path);
    if (known !== undefined) return known.exports;
    const module: CommonJsModule = { exports: {} };
    loaded.set(path, module);
    const local = createRequire(path);
    const require = (id: string): unknown =>
      standIns[id] ?? (id.startsWith('.') ? load(local.resolve(id)) : local(id));
    const run = compileFunction(readFileSync(path, 'utf8'), ['exports', 'require', 'module'], {
      filename: path,
    });
    run.call(module.exports, module.exports, require, module);
    return module.exports;
  };
}
