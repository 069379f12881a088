import { kernelNames } from '@cantrip/ops';
import * as tf from '@tensorflow/tfjs-core';
import { options, type Row, type Rows } from '../../row.ts';
import {
  anything,
  arrayOf,
  callable,
  either,
  flag,
  integer,
  nothing,
  number,
  oneOf,
  optional,
  optionalOptions,
  type Rule,
  scalar,
  tensor,
  text,
} from '../../rules.ts';

const seed: Rule = (value) => Number.isSafeInteger(value) || typeof value === 'bigint';
const step = integer({ min: 0 });
const shape = arrayOf(integer({ min: 0 }));
const place = { seed, stream: text, step: optional(step) };
const drawn: Row = {
  right: () => [[2], { seed: 1, stream: 'a' }],
  legal: [shape, options({ ...place, block: optional(step), stepTensor: optional(nothing) })],
};
const filled: Row = {
  right: () => [new Float32Array(2), { seed: 1, stream: 'a' }],
  legal: [(value) => value instanceof Float32Array, options({ ...place, block: optional(step) })],
};
const two = (): tf.Tensor => tf.tensor1d([1, 2]);
const logits = (): tf.Tensor => tf.tensor2d([[1, 2]]);
const stream = (): object => ({ uniform: () => 0.5 });
const float32 = number({ min: -3.4e38, max: 3.4e38 });
const rate = { learningRate: scalar };
const pair = tensor({ shape: [2] });

const recurrent = (gates: number, states: readonly string[]): Row => ({
  right: () => [
    tf.ones([1, 2, 1]),
    { kernel: tf.ones([1, gates]), recurrentKernel: tf.ones([1, gates]), recurrentActivation: 'sigmoid' },
  ],
  legal: [
    nothing,
    options({
      kernel: tensor({ shape: [1, gates] }),
      recurrentKernel: tensor({ shape: [1, gates] }),
      bias: optional(tensor({ shape: [gates] })),
      recurrentActivation: optional(oneOf('sigmoid', 'hardSigmoid')),
      mask: optional(tensor({ shape: [1, 2] })),
      goBackwards: optional(flag),
      ...Object.fromEntries(states.map((name) => [name, optional(tensor({ shape: [1, 1] }))])),
    }),
  ],
});

/** Every export of the package. */
export const opsRows: Rows = {
  backendDevice: {
    right: () => [tf.getBackend()],
    legal: [
      (value) =>
        value === undefined || (text(value) && tf.engine().registryFactory[value as string] !== undefined),
    ],
  },
  batchNormTraining: {
    right: () => [logits(), {}],
    legal: [
      (value) => tensor()(value) && (value as tf.Tensor).rank > 0,
      options(
        {
          gamma: optional(pair),
          beta: optional(pair),
          epsilon: optional(number({ min: 0 })),
          axis: optional(oneOf(-1, 0, 1)),
        },
        optionalOptions,
      ),
    ],
  },
  blocksIn: { right: () => [[2]], legal: [shape] },
  checkHostTensor: 'captured steps and upload give it what they were given',
  deriveSeed: { right: () => [1, 'part', 2], legal: [seed, text, either(text, step)] },
  descendInPlace: {
    right: () => [tf.variable(two()), two(), { learningRate: tf.scalar(1) }],
    legal: [nothing, pair, options(rate)],
  },
  descendWithMomentumInPlace: {
    right: () => [
      tf.variable(two()),
      tf.variable(two()),
      two(),
      { learningRate: tf.scalar(1), momentum: 0.9 },
    ],
    legal: [
      nothing,
      nothing,
      pair,
      options({ ...rate, momentum: either(number(), scalar), nesterov: optional(flag) }),
    ],
  },
  deviceNames: 'a value',
  experimentalDeviceNames: 'a value',
  differentiatedAgain: 'takes nothing',
  drawNormal: drawn,
  drawUniform: drawn,
  fillNormal: filled,
  fillUniform: filled,
  fingerprint: {
    right: () => [['examples', new Float32Array(2)]],
    legal: [arrayOf(text)],
  },
  freeTape: 'takes nothing',
  frozenBatchNorm: {
    right: () => [
      tf.ones([1, 1, 1, 2]),
      { mean: two(), variance: two(), gamma: two(), beta: two(), epsilon: 1e-3 },
    ],
    legal: [
      nothing,
      options({
        mean: pair,
        variance: pair,
        gamma: pair,
        beta: pair,
        epsilon: number({ min: 0 }),
      }),
    ],
  },
  generateSeed: 'takes nothing',
  gelu: {
    right: () => [two(), {}],
    legal: [tensor(), options({ approximate: optional(flag) }, optionalOptions)],
  },
  globalNorm: { right: () => [[two()]], legal: [arrayOf(nothing)] },
  gru: recurrent(3, ['initialHidden']),
  hasKernel: {
    right: () => [kernelNames.oneHot],
    legal: [oneOf(...Object.values(kernelNames))],
  },
  installHostRandom: {
    right: () => [stream(), {}],
    legal: [nothing, options({ applies: optional(callable) }, optionalOptions)],
    call: (install, args) => (install as (...given: readonly unknown[]) => () => void)(...args)(),
  },
  kernelNames: 'a value',
  kernelOf: { right: () => [new Error('nonsense')], legal: [anything] },
  lstm: recurrent(4, ['initialHidden', 'initialCell']),
  layerNorm: {
    right: () => [logits(), {}],
    legal: [
      (value) => tensor()(value) && (value as tf.Tensor).rank > 0,
      options(
        { gamma: optional(pair), beta: optional(pair), epsilon: optional(number({ min: 0 })) },
        optionalOptions,
      ),
    ],
  },
  logitsOfProbabilities: {
    right: () => [two(), 'softmax'],
    legal: [tensor(), oneOf('softmax', 'sigmoid')],
  },
  namingKernels: { right: () => [() => 1], legal: [callable] },
  normalizeBytes: {
    right: () => [tf.ones([1, 1, 2]), { scale: [0.5, 1], offset: 0 }],
    legal: [
      (value) => tensor()(value) && (value as tf.Tensor).shape.at(-1) === 2,
      options({ scale: float32, offset: float32 }, (value) => value === undefined),
    ],
  },
  philox4x32: 'the inner loop of every draw, which checks nothing',
  randomStream: [
    {
      right: () => [{ seed: 1, stream: 'a' }, { words: 0 }],
      legal: [
        options(place),
        options({ words: step, spareNormal: optional(number()) }, (value) => value === undefined),
      ],
    },
    {
      who: ['RandomStream.integer'],
      right: () => [3],
      legal: [integer({ min: 1 })],
      call: (make, [bound]) =>
        (make as unknown as (at: object) => { integer: (given: unknown) => number })({
          seed: 1,
          stream: 'a',
        }).integer(bound),
    },
  ],
  registerChainedOps: 'takes nothing',
  refuseHostRandom: { right: () => [() => new Error('no'), () => 1], legal: [callable, callable] },
  runningKernel: 'takes nothing',
  shuffleInPlace: {
    right: () => [new Uint32Array(3), { seed: 1, stream: 'a' }],
    legal: [nothing, options(place)],
  },
  softmaxCrossEntropyWithLogits: {
    right: () => [logits(), tf.tensor1d([1], 'int32'), {}],
    legal: [
      nothing,
      nothing,
      options({ smoothing: optional(number({ min: 0, below: 1 })) }, optionalOptions),
    ],
  },
  sparseCrossEntropyParts: { right: () => [logits(), tf.tensor1d([1], 'int32')], legal: [nothing, nothing] },
  stepTensor: { right: () => [1], legal: [integer({ min: 0, below: 2 ** 31 })] },
  streamKey: { right: () => [{ seed: 1, stream: 'a' }], legal: [options(place)] },
  upload: {
    right: () => [{ values: new Float32Array(2), shape: [1, 2] }],
    legal: [
      options({
        values: (value) => value instanceof Float32Array && value.length === 2,
        shape: nothing,
        normalization: optional(nothing),
      }),
    ],
  },
  weightedMean: {
    right: () => [two(), two()],
    legal: [
      (value) => tensor()(value) && (value as tf.Tensor).shape[0] === 2,
      optional(either(scalar, tensor({ shape: [2] }))),
    ],
  },
  withHostRandom: { right: () => [stream(), () => 1], legal: [nothing, callable] },
};
