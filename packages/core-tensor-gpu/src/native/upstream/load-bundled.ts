import * as backend from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js';
import '@tensorflow/tfjs-node-gpu/dist/register_all_kernels.js';
import type { Upstream } from './upstream.ts';

/** Loads tfjs-node-gpu's JavaScript from the bundle. The build resolves these two imports. */
export function loadUpstream(): Promise<Upstream> {
  return Promise.resolve(backend as unknown as Upstream);
}
