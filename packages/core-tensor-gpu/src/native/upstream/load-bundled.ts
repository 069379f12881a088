import type { Upstream } from './upstream.ts';

/** Loads tfjs-node-gpu's JavaScript from the bundle: the build resolves these two imports. */
export async function loadUpstream(): Promise<Upstream> {
  const backend = await import('@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js');
  await import('@tensorflow/tfjs-node-gpu/dist/register_all_kernels.js');
  return backend as unknown as Upstream;
}
