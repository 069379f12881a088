import type { Run } from './run.ts';
import { typescript } from './run.ts';
import { mnist, opTests, tests } from './shared-programs.ts';

const onWebgpu = { CANTRIP_BENCH_DEVICE: 'webgpu' };

/** Rows of the layer survey that run a cell at each time. They take most of its time. */
const cells = 'lstm|gru|rnn|RNN|bidirectional|masking|convLstm';

/** A part of the layer survey. */
function layers(name: string, title: string, names: string): Run {
  const file = 'test/layers/every-layer.test.ts';
  return {
    name,
    title,
    needs: ['webgpu'],
    limit: 300,
    program: (place) =>
      tests('packages/trainer', file, place, { names, word: 'dense', environment: onWebgpu }),
  };
}

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
  layers(
    'webgpu-layers',
    'Every layer that has no cell on WebGPU: the losses are those of wasm',
    `^(?!.*(${cells}))`,
  ),
  layers('webgpu-cells', 'Every recurrent layer on WebGPU: the losses are those of wasm', cells),
];
