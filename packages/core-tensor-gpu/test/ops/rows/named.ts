import * as tf from '@tensorflow/tfjs-core';
import { any, awayFromZero, belowOne, distinct, numbers, type OpRow, positive, row } from './op-row.ts';

/** Shapes of one to four axes. */
const shapes = [[4], [3, 2], [2, 3, 2], [2, 1, 3, 2]];

type Named = (x: tf.Tensor, rank: number) => tf.Tensor;

/** Ops that tfjs-core has once for each number of axes. */
const byRank: readonly (readonly [kernel: string, name: string, Named])[] = [
  ['Concat', 'concat', (x, rank) => named(`concat${rank}d`)(rank === 1 ? [x, x] : [x, x], rank - 1)],
  [
    'PadV2',
    'pad',
    (x, rank) => named(`pad${rank}d`)(x, rank === 1 ? [1, 2] : x.shape.map(() => [1, 2]), 0.5),
  ],
  ['Reverse', 'reverse', (x, rank) => named(`reverse${rank}d`)(x, rank === 1 ? undefined : [0])],
  [
    'Slice',
    'slice',
    (x, rank) => named(`slice${rank}d`)(x, rank === 1 ? 1 : x.shape.map(() => 0), rank === 1 ? 2 : x.shape),
  ],
];

function named(name: string): (...given: unknown[]) => tf.Tensor {
  return (tf as unknown as Record<string, (...given: unknown[]) => tf.Tensor>)[name]!;
}

const targets = (): tf.Tensor2D => tf.tensor2d([0, 1, 1, 0, 0, 1], [2, 3]);
const weights = (): tf.Tensor2D => tf.tensor2d([1, 0.5, 2, 0, 1, 3], [2, 3]);

const losses: readonly (readonly [name: string, OpRow['inputs'][number], (x: tf.Tensor) => tf.Tensor])[] = [
  [
    'absoluteDifference',
    numbers([0.3, 0.6, 1.4, -0.2, 0.1, 0.5], 2, 3),
    (x) => tf.losses.absoluteDifference(targets(), x, weights()),
  ],
  ['computeWeightedLoss', any(2, 3), (x) => tf.losses.computeWeightedLoss(x, weights(), tf.Reduction.MEAN)],
  ['cosineDistance', any(2, 3), (x) => tf.losses.cosineDistance(targets(), x, 1)],
  ['hingeLoss', belowOne(2, 3), (x) => tf.losses.hingeLoss(targets(), x, weights())],
  [
    'huberLoss',
    numbers([0.3, 3, 1.4, -2, 0.1, 0.5], 2, 3),
    (x) => tf.losses.huberLoss(targets(), x, weights()),
  ],
  [
    'logLoss',
    numbers([0.3, 0.6, 0.4, 0.2, 0.1, 0.5], 2, 3),
    (x) => tf.losses.logLoss(targets(), x, weights()),
  ],
  [
    'meanSquaredError',
    any(2, 3),
    (x) => tf.losses.meanSquaredError(targets(), x, weights(), tf.Reduction.SUM),
  ],
  [
    'sigmoidCrossEntropy',
    awayFromZero(2, 3),
    (x) => tf.losses.sigmoidCrossEntropy(targets(), x, weights(), 0.1),
  ],
  [
    'softmaxCrossEntropy',
    any(2, 3),
    (x) => tf.losses.softmaxCrossEntropy(tf.tensor2d([0, 1, 0, 0.3, 0.5, 0.2], [2, 3]), x),
  ],
];

/** Ops under another name, and compositions that tfjs-core exports. */
export const namedRows: readonly OpRow[] = [
  ...byRank.flatMap(([kernel, name, compute]) =>
    shapes.map((shape) =>
      row(kernel, `${name}${shape.length}d`, [any(...shape)], (x) => compute(x, shape.length)),
    ),
  ),
  ...([2, 3, 4] as const).map((rank) =>
    row(
      'FusedBatchNorm',
      `batchNorm${rank}d`,
      [any(...shapes[rank - 1]!), any(2), any(2)],
      (x, mean, scale) => named(`batchNorm${rank}d`)(x, mean, tf.tensor1d([0.5, 2]), undefined, scale),
    ),
  ),
  ...losses.map(([name, given, compute]) =>
    row('Sum', `losses.${name}`, [given], compute, {
      // tfjs-core's own gradient of this loss is not one of ops.
      ...(name === 'softmaxCrossEntropy' && { onlyOnce: true }),
    }),
  ),
  row('Sum', 'euclideanNorm', [any(2, 3)], (x) => tf.euclideanNorm(x, 1)),
  row('Identity', 'ensureShape', [any(2, 3)], (x) => tf.ensureShape(x, [2, 3])),
  row('Multiply', 'movingAverage', [any(3), any(3)], (v, x) => tf.movingAverage(v, x, 0.9, 5)),
  row('Sum', 'linalg.qr', [distinct(3, 3)], (x) => [...tf.linalg.qr(tf.add(x, tf.eye(3)))], {
    tolerance: 1e-2,
    onlyOnce: true,
  }),
  row(
    'BatchMatMul',
    'multiRNNCell',
    [any(1, 2), any(1, 2), any(1, 2), positive(4, 8), any(8)],
    (x, c, h, kernel, bias) => {
      const cell = (data: tf.Tensor2D, cells: tf.Tensor2D, hidden: tf.Tensor2D): [tf.Tensor2D, tf.Tensor2D] =>
        tf.basicLSTMCell(tf.scalar(1), kernel as tf.Tensor2D, bias as tf.Tensor1D, data, cells, hidden);
      const [cells, hidden] = tf.multiRNNCell(
        [cell, cell],
        x as tf.Tensor2D,
        [c as tf.Tensor2D, c as tf.Tensor2D],
        [h as tf.Tensor2D, h as tf.Tensor2D],
      );
      return [...cells, ...hidden];
    },
  ),
];
