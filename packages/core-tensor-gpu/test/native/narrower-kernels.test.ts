import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { NativeBackend } from '../../src/native/upstream/upstream.ts';
import { requireDevice } from '../require-device.ts';

const device = await requireDevice('tensorflow');

describe.skipIf(!device)('ops that TensorFlow can fuse', () => {
  it.each([
    ['a bias of a matrix', [2, 3], [3]],
    ['a bias of images, shaped as tfjs-layers does it', [2, 4, 4, 3], [1, 1, 1, 3]],
    ['a bias that comes first', [3], [2, 5, 3]],
  ])('adds %s by BiasAdd', (_name, a, b) => {
    const [x, y] = [ramp(a), ramp(b)];
    expect(opsOf(() => tf.add(x, y))).toContain('BiasAdd');
    expect(values(tf.add(x, y))).toEqual(values(tf.neg(tf.sub(tf.neg(x), y))));
  });

  it.each([
    ['equal shapes', [2, 3], [2, 3]],
    ['a number', [2, 3], []],
    ['one number for each row', [2, 3], [2, 1]],
    ['rows that both grow', [1, 3], [2, 1]],
    ['a row of one', [2, 3], [1]],
  ])('adds %s as ever', (_name, a, b) => {
    expect(opsOf(() => tf.add(ramp(a), ramp(b)))).not.toContain('BiasAdd');
  });

  it.each([
    ['matrices', [2, 3], [3, 4], false, false],
    ['a transposed matrix', [3, 2], [3, 4], true, false],
    ['stacks of one matrix', [1, 2, 3], [1, 4, 3], false, true],
  ])('multiplies %s by MatMul', (_name, a, b, transposeA, transposeB) => {
    const [x, y] = [ramp(a), ramp(b)];
    const product = (): tf.Tensor => tf.matMul(x, y, transposeA, transposeB);
    expect(opsOf(product)).toContain('MatMul');
    // A stack of two goes another way.
    const twice = tf.matMul(stackTwice(x), stackTwice(y), transposeA, transposeB);
    expect(values(twice)).toEqual([...values(product()), ...values(product())]);
    expect(product().rank).toBe(a.length);
  });

  it.each([
    ['images', [2, 5, 4, 3], 1, 'same', true],
    ['images, without padding', [2, 5, 4, 3], 1, 'valid', true],
    ['one pixel', [1, 1, 1, 2], 1, 'same', true],
    ['images, every second pixel', [2, 5, 4, 3], 2, 'same', false],
    ['images, every second row', [2, 5, 4, 3], [2, 1], 'valid', false],
  ] as const)('gives the gradient of a 1x1 filter on %s', (_name, shape, strides, pad, isProduct) => {
    const [x, filter] = [ramp(shape), ramp([1, 1, shape[3], 4])];
    const gradient = (): tf.Tensor => filterGradient(x, filter, strides, pad);
    expect(opsOf(gradient).includes('MatMul')).toBe(isProduct);
    expect(opsOf(gradient).includes('Conv2DBackpropFilter')).toBe(!isProduct);
    // TensorFlow's op for films has kernels of its own.
    expect(values(gradient())).toEqual(values(filmFilterGradient(x, filter, strides, pad)));
  });

  it('gives zeros as the gradient of a 1x1 filter where there is no image', () => {
    expect(values(filterGradient(tf.zeros([0, 5, 4, 3]), ramp([1, 1, 3, 4]), 1, 'same'))).toEqual(
      new Array<number>(12).fill(0),
    );
  });

  it('leaves no tensor behind', () => {
    const [x, bias] = [ramp([1, 2, 3]), ramp([1, 1, 3])];
    const [images, filter] = [ramp([2, 5, 4, 3]), ramp([1, 1, 3, 4])];
    const before = tf.memory().numTensors;
    tf.dispose([tf.add(x, bias), tf.matMul(x, x, false, true), filterGradient(images, filter, 1, 'same')]);
    expect(tf.memory().numTensors).toBe(before);
  });
});

function ramp(shape: readonly number[]): tf.Tensor {
  const size = tf.util.sizeFromShape([...shape]);
  return tf.reshape(tf.range(1, size + 1), [...shape]);
}

type Strides = number | readonly [number, number];

/** Of the sum of squares of a convolution. */
function filterGradient(x: tf.Tensor, filter: tf.Tensor, strides: Strides, pad: 'same' | 'valid'): tf.Tensor {
  const convolve = (taps: tf.Tensor): tf.Tensor =>
    tf.conv2d(x as tf.Tensor4D, taps as tf.Tensor4D, strides as number, pad);
  return tf.grad((taps) => tf.sum(tf.square(convolve(taps))))(filter);
}

/** The same by a convolution of films of one image. */
function filmFilterGradient(
  x: tf.Tensor,
  filter: tf.Tensor,
  strides: Strides,
  pad: 'same' | 'valid',
): tf.Tensor {
  const [down, right] = typeof strides === 'number' ? [strides, strides] : strides;
  const film = tf.expandDims(x, 1) as tf.Tensor5D;
  const convolve = (taps: tf.Tensor): tf.Tensor =>
    tf.conv3d(film, tf.expandDims(taps) as tf.Tensor5D, [1, down, right], pad);
  return tf.grad((taps) => tf.sum(tf.square(convolve(taps))))(filter);
}

function stackTwice(x: tf.Tensor): tf.Tensor {
  const matrix = tf.reshape(x, x.shape.slice(-2));
  return tf.stack([matrix, matrix]);
}

function values(x: tf.Tensor): number[] {
  return [...x.dataSync()];
}

/** The names of the ops that TensorFlow is asked for. */
function opsOf(run: () => tf.Tensor): readonly string[] {
  const { binding } = tf.backend() as NativeBackend;
  const { executeOp } = binding;
  const names: string[] = [];
  binding.executeOp = (name, ...rest) => (names.push(name), executeOp(name, ...rest));
  try {
    run().dispose();
  } finally {
    binding.executeOp = executeOp;
  }
  return names;
}
