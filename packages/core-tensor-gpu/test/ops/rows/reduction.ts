import * as tf from '@tensorflow/tfjs-core';
import { any, distinct, numbers, type OpRow, positive, row } from './op-row.ts';

const axes: readonly (number | number[] | undefined)[] = [undefined, 0, 1, -1, [0, 2], [-1, 0], [0, 1]];
type Reduce = (x: tf.Tensor, axis?: number | number[], keep?: boolean) => tf.Tensor;

const over = (kernel: string, op: string, reduce: Reduce, draw: typeof any, onlyOnce = false): OpRow[] =>
  axes.flatMap((axis) =>
    [false, true].map((keep) =>
      row(
        kernel,
        `${op} over ${JSON.stringify(axis) ?? 'all'}${keep ? ', kept' : ''}`,
        [draw(3, 2, 4)],
        (x) => reduce(x, axis, keep),
        { onlyOnce },
      ),
    ),
  );

const weight = (at: number): number => Math.fround(Math.sin(1.7 * at) + 0.3);

export const reductionRows: readonly OpRow[] = [
  ...over('Sum', 'sum', tf.sum, any),
  ...over('Mean', 'mean', tf.mean, any),
  ...over('Max', 'max', tf.max, distinct),
  ...over('Min', 'min', tf.min, distinct),
  ...over('Prod', 'prod', tf.prod, positive),
  ...over('Sum', 'logSumExp', tf.logSumExp, any),
  ...over('Mean', 'moments', (x, axis, keep) => tf.moments(x, axis, keep).variance, any),
  ...over('Sum', 'norm', (x, axis, keep) => tf.norm(x, 'euclidean', axis, keep), any),
  row('Max', 'max at ties', [numbers([2, 1, 2, 0], 4)], (x) => tf.max(x), {
    atKink: [[weight(0) / 2, 0, weight(0) / 2, 0]],
  }),
  row('Min', 'min at ties', [numbers([1, 1, 1, 3], 2, 2)], (x) => tf.min(x, 1), {
    atKink: [[weight(0) / 2, weight(0) / 2, weight(1), 0]],
  }),
  row('Prod', 'prod of a 0', [numbers([2, 0, 3, 4], 2, 2)], (x) => tf.prod(x, 1)),
  row('Prod', 'prod of two 0', [numbers([0, 0, 3])], (x) => tf.prod(x)),
  row('Sum', 'sum over no axis', [any(2, 3)], (x) => tf.sum(x, [])),
  row('Sum', 'sum over an axis without numbers', [any(2, 0)], (x) => tf.sum(x, 1)),
  row('Prod', 'prod over an axis without numbers', [any(2, 0)], (x) => tf.prod(x, 1)),
  row('Sum', 'sum of five axes', [any(2, 1, 3, 2, 2)], (x) => tf.sum(x, [1, 3])),
  ...[false, true].flatMap((exclusive) =>
    [false, true].flatMap((reverse) =>
      [0, 1, -1].flatMap((axis) => {
        const how = `along ${axis}${exclusive ? ', exclusive' : ''}${reverse ? ', reversed' : ''}`;
        return [
          row('Cumsum', `cumsum ${how}`, [any(3, 2, 5)], (x) => tf.cumsum(x, axis, exclusive, reverse)),
          row('Cumprod', `cumprod ${how}`, [positive(3, 2, 5)], (x) =>
            tf.cumprod(x, axis, exclusive, reverse),
          ),
          row(
            'Cumprod',
            `cumprod of zeros ${how}`,
            [numbers([2, 0, 3, 0.5, 1, 2, 0, 4, 0, 1.5, 2, 3], 2, 3, 2)],
            (x) => tf.cumprod(x, axis, exclusive, reverse),
          ),
        ];
      }),
    ),
  ),
  row('Cumsum', 'cumsum of a square along its first axis', [any(3, 3)], (x) => tf.cumsum(x, 0)),
  row('Cumprod', 'cumprod of one number', [any(2, 1)], (x) => tf.cumprod(x, 1)),
  row('ArgMax', 'argMax beside its values', [distinct(2, 3)], (x) => [
    tf.argMax(x, 1),
    tf.mul(x, tf.expandDims(tf.cast(tf.argMax(x, 1), 'float32'), 1)),
  ]),
  row('ArgMin', 'argMin beside its values', [distinct(2, 3)], (x) => [
    tf.argMin(x, 1),
    tf.mul(x, tf.expandDims(tf.cast(tf.argMin(x, 1), 'float32'), 1)),
  ]),
  row('Softmax', 'softmax', [any(2, 5)], (x) => tf.softmax(x)),
  row('Softmax', 'softmax of three axes', [any(2, 3, 4)], (x) => tf.softmax(x, -1)),
  row('LogSoftmax', 'logSoftmax', [any(2, 5)], (x) => tf.logSoftmax(x)),
  row('LogSoftmax', 'logSoftmax of one class', [any(2, 1)], (x) => tf.logSoftmax(x)),
];
