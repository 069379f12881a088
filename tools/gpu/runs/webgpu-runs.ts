import type { Place, Run } from './run.ts';
import { typescript } from './run.ts';
import { mnist, opTests, tests } from './shared-programs.ts';

const onWebgpu = { CANTRIP_BENCH_DEVICE: 'webgpu' };

/** On Dawn and TensorFlow.js's WebGPU backend, which need a Vulkan driver alone. */
export const webgpuRuns: readonly Run[] = [
  {
    name: 'webgpu-mnist',
    title: 'The MNIST job trains on WebGPU',
    needs: ['webgpu'],
    limit: 240,
    program: (place) => mnist('webgpu', place),
  },
  {
    name: 'webgpu-steps',
    title: 'Time of a training step on WebGPU, beside the same step on wasm',
    needs: ['webgpu'],
    limit: 120,
    program: ({ small }) => typescript('tools/gpu/programs/device-steps.ts', ['webgpu,wasm', String(small)]),
  },
  {
    name: 'webgpu-op-tests',
    title: "tfjs-core's own op tests on WebGPU",
    needs: ['webgpu'],
    limit: 300,
    program: (place) => opTests('webgpu', place),
  },
  {
    name: 'webgpu-layers',
    title: 'Every layer on WebGPU: the losses are those of wasm',
    needs: ['webgpu'],
    limit: 300,
    program: (place: Place) =>
      tests('packages/trainer', 'test/layers/every-layer.test.ts', place, {
        word: 'dense',
        environment: onWebgpu,
      }),
  },
];
