import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { compileFunction } from 'node:vm';
import { messages, util } from './stand-ins.ts';
import type { Upstream } from './upstream.ts';

interface CommonJsModule {
  exports: object;
}

/**
 * Loads tfjs-node-gpu's JavaScript from node_modules, for work on the sources; a build bundles it instead.
 *
 * Each file is given a `require` of ours, so that tfjs-core stands in for the whole of tfjs and nothing leaks into
 * the process.
 */
export function loadUpstream(): Promise<Upstream> {
  const require = createRequire(import.meta.url);
  const stands = new Map<string, unknown>([
    ['@tensorflow/tfjs', require('@tensorflow/tfjs-core')],
    ['util', util],
    ['./proto/api_pb', messages],
  ]);
  const loaded = new Map<string, CommonJsModule>();
  const load = (path: string): object => {
    const known = loaded.get(path);
    if (known !== undefined) return known.exports;
    const module: CommonJsModule = { exports: {} };
    loaded.set(path, module);
    const local = createRequire(path);
    const requireFrom = (id: string): unknown => {
      if (stands.has(id)) return stands.get(id);
      return id.startsWith('.') ? load(local.resolve(id)) : local(id);
    };
    const parameters = ['exports', 'require', 'module', '__filename', '__dirname'];
    const run = compileFunction(readFileSync(path, 'utf8'), parameters, { filename: path });
    run.call(module.exports, module.exports, requireFrom, module, path, dirname(path));
    return module.exports;
  };
  const backend = load(
    require.resolve('@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js'),
  ) as Upstream;
  load(require.resolve('@tensorflow/tfjs-node-gpu/dist/register_all_kernels.js'));
  return Promise.resolve(backend);
}
