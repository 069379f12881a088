import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { DeviceName } from '../../src/index.ts';
import { registerTrainingKernels } from '../../src/wasm/training-kernels.ts';
import { expectSame, numbers, openBoth, runOn, skipWithoutTensorFlow } from './two-devices.ts';

let reference: DeviceName;
beforeAll(async () => {
  reference = await openBoth();
});

describe('matMul on wasm equals the reference', () => {
  const products: [a: number[], b: number[], transposeA: boolean, transposeB: boolean][] = [
    [[5, 7], [7, 3], false, false],
    [[7, 5], [7, 3], true, false],
    [[5, 7], [3, 7], false, true],
    [[7, 5], [3, 7], true, true],
    [[70, 50], [70, 30], true, false],
    [[4, 6, 5], [4, 5, 2], false, false],
    [[4, 40, 30], [4, 20, 40], true, true],
    [[2, 3, 40, 30], [2, 3, 30, 20], false, false],
    [[2, 1, 4, 3], [1, 3, 3, 2], false, false],
    [[1, 40, 30], [3, 30, 20], false, false],
  ];
  for (const [a, b, transposeA, transposeB] of products) {
    test(`[${a}]${transposeA ? ' transposed' : ''} times [${b}]${transposeB ? ' transposed' : ''}`, async ({
      skip,
    }) => {
      skipWithoutTensorFlow(reference, skip);
      await expectSame(reference, () => [tf.matMul(numbers(a), numbers(b, 2), transposeA, transposeB)]);
    });
  }

  test('also where the right side was seen before in another shape', async () => {
    await expectSame(reference, () => {
      const right = numbers([6, 4], 2);
      const first = tf.matMul(numbers([3, 6]) as tf.Tensor2D, right as tf.Tensor2D);
      return [first, tf.matMul(numbers([3, 4]) as tf.Tensor2D, tf.reshape(right, [4, 6]) as tf.Tensor2D)];
    });
  });
});

describe('einsum on wasm equals the reference', () => {
  const equations: [equation: string, ...shapes: number[][]][] = [
    ['ij,jk->ik', [3, 4], [4, 5]],
    ['bqhd,bkhd->bhqk', [2, 3, 4, 5], [2, 6, 4, 5]],
    ['bhqk,bkhd->bqhd', [2, 4, 3, 6], [2, 6, 4, 5]],
    ['ij,ij->ij', [3, 4], [3, 4]],
    ['ij,ij->', [3, 4], [3, 4]],
    ['i,j->ji', [3], [4]],
    ['ijk->ki', [2, 3, 4]],
    ['ijk->', [2, 3, 4]],
    ['ijl,jk->ki', [2, 3, 4], [3, 5]],
  ];
  for (const [equation, ...shapes] of equations) {
    test(equation, async () => {
      await expectSame(reference, () => [
        tf.einsum(equation, ...shapes.map((shape, i) => numbers(shape, i + 1))),
      ]);
    });
  }
});

describe('sums over segments on wasm', () => {
  test('add what has one segment and leave out negative segments', async () => {
    const [sums] = await runOn('wasm', () => {
      const x = tf.tensor2d([
        [1, 2],
        [3, 4],
        [5, 6],
        [7, 8],
      ]);
      return [tf.unsortedSegmentSum(x, tf.tensor1d([2, 0, 2, -1], 'int32'), 3)];
    });
    expect([...sums!.values]).toEqual([3, 4, 0, 0, 6, 8]);
  });

  test('are the gradient of an embedding', async () => {
    await expectSame(reference, () => {
      const indices = tf.tensor2d(
        [
          [1, 4, 1],
          [0, 1, 4],
        ],
        [2, 3],
        'int32',
      );
      const weights = numbers([2, 3, 6], 3);
      return [tf.grad((table) => tf.sum(tf.mul(tf.gather(table, indices), weights)))(numbers([5, 6]))];
    });
  });
});

describe('on wasm', () => {
  for (const [shape, reps] of [
    [
      [1, 1, 1, 3],
      [2, 4, 3, 1],
    ],
    [
      [2, 3],
      [3, 2],
    ],
    [[4], [5]],
    [
      [2, 1, 3],
      [1, 7, 2],
    ],
    [
      [2, 3],
      [0, 1],
    ],
  ] as [number[], number[]][]) {
    test(`[${shape}] repeated [${reps}] times equals the reference`, async () => {
      await expectSame(reference, () => [tf.tile(numbers(shape), reps)]);
      await expectSame(reference, () => [tf.tile(tf.cast(tf.mul(numbers(shape), 9), 'int32'), reps)]);
      await expectSame(reference, () => [tf.tile(tf.greater(numbers(shape), 0), reps)]);
    });
  }

  for (const [shape, axes] of [
    [[5, 3], [0]],
    [
      [6, 7, 5, 3],
      [0, 1, 2],
    ],
    [
      [6, 7, 5, 3],
      [1, 0],
    ],
    [[97, 1], [0]],
    [[6, 7, 5], [1]],
    [
      [6, 7, 5],
      [0, 1, 2],
    ],
    [[1, 4], [0]],
  ] as [number[], number[]][]) {
    test(`the sum and mean of [${shape}] over the axes ${axes} equal the reference`, async () => {
      await expectSame(reference, () => [tf.sum(numbers(shape), axes), tf.mean(numbers(shape), axes, true)]);
      await expectSame(reference, () => [tf.sum(tf.cast(tf.mul(numbers(shape), 9), 'int32'), axes)]);
    });
  }

  test('the gradients of batch normalisation equal the reference', async () => {
    const parts = (): tf.Tensor[] => [
      numbers([4, 5, 3, 6]),
      numbers([6], 2),
      tf.add(numbers([6], 3), 1.5),
      numbers([6], 4),
      numbers([6], 5),
    ];
    await expectSame(reference, () =>
      tf.grads((x, mean, variance, offset, scale) =>
        tf.sum(
          tf.mul(
            tf.batchNorm(
              x!,
              mean as tf.Tensor1D,
              variance as tf.Tensor1D,
              offset as tf.Tensor1D,
              scale as tf.Tensor1D,
            ),
            numbers([4, 5, 3, 6], 9),
          ),
        ),
      )(parts()),
    );
  });

  for (const pad of ['same', 'valid'] as const) {
    for (const [window, stride] of [
      [2, 2],
      [3, 1],
      [3, 2],
      [2, 1],
    ] as const) {
      test(`the gradients of ${pad} pooling, window ${window}, stride ${stride}, equal the reference`, async ({
        skip,
      }) => {
        skipWithoutTensorFlow(reference, skip);
        for (const pool of [tf.avgPool, tf.maxPool]) {
          await expectSame(reference, () => {
            const forward = (x: tf.Tensor): tf.Tensor => pool(x as tf.Tensor4D, window, stride, pad);
            const weights = numbers(forward(numbers([2, 7, 5, 3])).shape, 4);
            return [tf.grad((x) => tf.sum(tf.mul(forward(x), weights)))(numbers([2, 7, 5, 3]))];
          });
        }
      });
    }
  }

  test('registering the kernels again changes nothing', () => {
    const before = tf.getKernelsForBackend('wasm');
    registerTrainingKernels();
    expect(tf.getKernelsForBackend('wasm')).toEqual(before);
  });

  test('int32 matrices are refused in one sentence', async () => {
    await tf.setBackend('wasm');
    const whole = tf.ones([2, 2], 'int32') as tf.Tensor2D;
    expect(() => tf.matMul(whole, whole)).toThrow(
      '[wasm BatchMatMul] needs float32, got int32. Cast the tensor with tf.cast(x, "float32") first. (DTYPE_MISMATCH)',
    );
  });
});
