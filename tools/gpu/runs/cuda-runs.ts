import { join } from 'node:path';
import { type Place, type Program, type Run, typescript } from './run.ts';
import { mnist, opTests, tests } from './shared-programs.ts';

/** The step benchmark on some cases, with its figures in `results/step.json`. */
function step({ scratch, small }: Place, cases: string, contenders: string, rounds: number): Program {
  const args = [
    ['--case', small ? 'mlp' : cases],
    ['--only', contenders],
    ['--rounds', String(small ? 1 : rounds)],
    ['--epoch-rounds', '0'],
    ['--json', join(scratch, 'results', 'step.json')],
    ...(small
      ? [
          ['--steps', '2'],
          ['--warm-up', '0'],
        ]
      : []),
  ].flat();
  return typescript('tools/benchmarks/programs/step.ts', args);
}

const besideTorch = 'cantrip,torch,torch-compile';
const everyLayout = `${besideTorch},torch-nchw,torch-compile-nchw`;

function program(file: string, ...args: readonly string[]): (place: Place) => Program {
  return ({ small, native }) => typescript(`tools/gpu/programs/${file}`, [native, String(small), ...args]);
}

/** On TensorFlow's CUDA build, in the order of what a reader wants to know first. */
export const cudaRuns: readonly Run[] = [
  {
    name: 'cuda-mnist',
    title: 'The MNIST job trains on CUDA',
    needs: ['cuda'],
    limit: 180,
    program: (place) => mnist(place.native, place),
  },
  {
    name: 'cuda-op-tests',
    title: "tfjs-core's own op tests on CUDA, op by op",
    needs: ['cuda'],
    limit: 300,
    program: (place) => opTests(place.native, place),
  },
  {
    name: 'cuda-op-tests-captured',
    title: "tfjs-core's own op tests on CUDA, each op as a graph function",
    needs: ['cuda'],
    limit: 420,
    program: (place) => opTests(place.native, place, ['--captured']),
  },
  {
    name: 'cuda-layers',
    title: 'Every layer on CUDA: captured, op by op and on wasm the losses are the same',
    needs: ['cuda'],
    limit: 300,
    program: (place) =>
      tests('packages/trainer', 'test/layers/every-layer.test.ts', place, { word: 'dense' }),
  },
  {
    name: 'cuda-modes',
    title:
      "cudnn-tuner's modes, TF32 and seed's deterministic ops: time, what changes, whether the bits repeat",
    needs: ['cuda'],
    limit: 300,
    program: program('modes.ts'),
  },
  {
    name: 'cuda-steps-torch',
    title: 'Training steps beside PyTorch, eager and compiled: ResNet-20 and MLP',
    needs: ['cuda', 'torch'],
    limit: 300,
    program: (place) => step(place, 'resnet20,mlp', `${besideTorch},cantrip-xla`, 7),
  },
  {
    name: 'cuda-resnet50-64',
    title: 'ResNet-50 at batch 64 beside PyTorch, eager and compiled, channels last and first',
    needs: ['cuda', 'torch'],
    limit: 480,
    program: (place) => step(place, 'resnet50-64', everyLayout, 5),
  },
  {
    name: 'cuda-resnet50-256',
    title: 'ResNet-50 at batch 256 beside PyTorch, eager and compiled, channels last and first',
    needs: ['cuda', 'torch'],
    limit: 540,
    program: (place) => step(place, 'resnet50-256', everyLayout, 5),
  },
  {
    name: 'cuda-transformer',
    title: 'A transformer of 12 layers beside PyTorch, eager and compiled',
    needs: ['cuda', 'torch'],
    limit: 300,
    program: (place) => step(place, 'transformer', `${besideTorch},cantrip-xla`, 5),
  },
  {
    name: 'cuda-bfloat16',
    title:
      'Training steps in float32 and in bfloat16, beside PyTorch and its autocast: ResNet-50 at batch 64',
    needs: ['cuda', 'torch'],
    limit: 300,
    program: (place) => step(place, 'resnet50-64', 'cantrip,cantrip-bfloat16,torch,torch-bfloat16', 5),
  },
  {
    name: 'cuda-steps',
    title: 'Training steps of Cantrip, op by op, captured and compiled by XLA',
    needs: ['cuda'],
    limit: 300,
    program: (place) => step(place, 'resnet20,mlp', 'cantrip,cantrip-eager,cantrip-xla', 7),
  },
  {
    name: 'cuda-uploads',
    title: 'Uploads: bytes a second to the card and back',
    needs: ['cuda'],
    limit: 60,
    program: program('uploads.ts'),
  },
  {
    name: 'cuda-memory-growth',
    title: 'Memory after many captured steps, and with memoryGrowth',
    needs: ['cuda'],
    limit: 180,
    program: program('memory-growth.ts'),
  },
  {
    name: 'cuda-profile',
    title: "Where a step's time goes, by TensorFlow's own trace",
    needs: ['cuda'],
    limit: 120,
    program: ({ small }) =>
      typescript('tools/benchmarks/programs/step-profile.ts', small ? ['mlp'] : ['resnet20', 'mlp']),
  },
  {
    name: 'cuda-loss-checks',
    title: 'How often the loss should be read',
    needs: ['cuda'],
    limit: 180,
    program: ({ small }) => typescript('tools/benchmarks/programs/loss-checks.ts', [small ? '1' : '15']),
  },
  {
    name: 'cuda-freeze-bn-times',
    title: 'Time of a step with frozen batch normalisations',
    needs: ['cuda'],
    limit: 180,
    program: ({ small }) => typescript('tools/benchmarks/programs/freeze-bn-times.ts', [small ? '1' : '9']),
  },
  {
    name: 'cuda-freeze-bn-memory',
    title: 'Memory of a step with frozen batch normalisations, op by op',
    needs: ['cuda'],
    limit: 240,
    program: ({ small }) => typescript('tools/benchmarks/programs/freeze-bn-memory.ts', [small ? '1' : '3']),
  },
  {
    name: 'cuda-any-training',
    title: 'Random small trainings on CUDA: captured, op by op and on wasm they are the same',
    needs: ['cuda'],
    limit: 300,
    program: (place) =>
      tests('tools', 'test/property-ways.test.ts', place, {
        environment: { CANTRIP_DRAWS: place.small ? '8' : '400' },
      }),
  },
];
