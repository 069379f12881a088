import * as tf from '@tensorflow/tfjs-core';
import { differentiatedAgain } from '@cantrip/ops';
import { nativeOp, onNativeDevice } from '../../native/ops/native-op.ts';
import type { Gradient, GradientTable } from '../tape/gradient-table.ts';
import { unbroadcast } from '../tape/unbroadcast.ts';

type Pair = readonly [a: tf.Tensor, b: tf.Tensor];

/**
 * The gradient of an op with two inputs that may broadcast. It computes the gradient of each input before the sum
 * over broadcast axes.
 */
function ofPair(
  compute: (dy: tf.Tensor, pair: Pair) => readonly [() => tf.Tensor, () => tf.Tensor],
): Gradient {
  return {
    inputsToSave: ['a', 'b'],
    of: ([dy], [a, b]) => {
      const [toA, toB] = compute(dy!, [a!, b!]);
      return { a: () => unbroadcast(toA(), a!.shape), b: () => unbroadcast(toB(), b!.shape) };
    },
  };
}

const float = (x: tf.Tensor): tf.Tensor => tf.cast(x, 'float32');

/** `dy` where the condition is true, 0 elsewhere. */
const only = (condition: tf.Tensor, dy: tf.Tensor): tf.Tensor => tf.where(condition, dy, tf.zerosLike(dy));

/** `dy * factor`, but 0 where `dy` is 0, also if the factor is infinite or NaN. */
function flowing(dy: tf.Tensor, factor: tf.Tensor): tf.Tensor {
  if (onNativeDevice() && !differentiatedAgain()) return nativeOp('MulNoNan', [factor, dy]);
  return tf.where(tf.equal(dy, 0), tf.zerosLike(dy), tf.mul(dy, factor));
}

/**
 * Gradients of elementwise ops, where tfjs-core's are missing or wrong:
 *
 * - An axis of size 1 that is broadcast to size 0: tfjs-core throws.
 * - `maximum` and `minimum` of two inputs that broadcast: tfjs-core throws. For equal values, `a` gets the gradient, as in
 *   TensorFlow.
 * - A division by b = 0 whose output gradient is 0, as in `divNoNan`: the gradient is 0, where tfjs-core gives NaN. It is also
 *   correct if the square of b is outside float32.
 * - A power with base 0 and exponent 0: the gradient is 0, as in PyTorch, where tfjs-core gives NaN.
 * - `relu6` at exactly 6: the gradient is 0, as in TensorFlow and PyTorch. Otherwise bytes and other round numbers would train
 *   differently on each device.
 * - The absolute value of a complex number: refused, because tfjs-core's gradient is wrong.
 * - Step functions, floored divisions and casts to integers: the gradient is 0. tfjs-core passes the gradient through.
 */
export const elementwiseGradients: GradientTable = {
  [tf.Add]: ofPair((dy) => [() => dy, () => dy]),
  [tf.Sub]: ofPair((dy) => [() => dy, () => tf.neg(dy)]),
  [tf.Multiply]: ofPair((dy, [a, b]) => [() => tf.mul(dy, float(b)), () => tf.mul(dy, float(a))]),
  [tf.Maximum]: ofPair((dy, [a, b]) => {
    const first = tf.greaterEqual(a, b);
    return [() => only(first, dy), () => only(tf.logicalNot(first), dy)];
  }),
  [tf.Minimum]: ofPair((dy, [a, b]) => {
    const first = tf.lessEqual(a, b);
    return [() => only(first, dy), () => only(tf.logicalNot(first), dy)];
  }),
  [tf.SquaredDifference]: ofPair((dy, [a, b]) => {
    const twice = (): tf.Tensor => tf.mul(tf.mul(dy, 2), tf.sub(a, b));
    return [twice, () => tf.neg(twice())];
  }),
  [tf.RealDiv]: ofPair((dy, [a, b]) => {
    const inverse = (): tf.Tensor => tf.reciprocal(float(b));
    return [
      () => flowing(dy, inverse()),
      () => tf.neg(flowing(dy, tf.mul(tf.div(float(a), float(b)), inverse()))),
    ];
  }),
  [tf.Reciprocal]: {
    outputsToSave: [true],
    of: ([dy], [y]) => ({ x: () => tf.neg(tf.mul(dy!, tf.square(y!))) }),
  },
  [tf.FloorDiv]: ofPair((dy) => [() => tf.zerosLike(dy), () => tf.zerosLike(dy)]),
  [tf.Pow]: {
    inputsToSave: ['a', 'b'],
    outputsToSave: [true],
    of: ([dy], [base, exponent, y]) => {
      const power = float(exponent!);
      const slope = (): tf.Tensor => tf.mul(power, tf.pow(float(base!), tf.sub(power, 1)));
      const logarithm = (): tf.Tensor => {
        const positive = tf.greater(base!, 0);
        // Uses 1 where there is no logarithm, because a second derivative also computes the unused branch.
        return tf.log(tf.where(positive, float(base!), tf.onesLike(float(base!))));
      };
      return {
        a: () => {
          const constant = tf.broadcastTo(tf.equal(power, 0), dy!.shape);
          return unbroadcast(tf.where(constant, tf.zerosLike(dy!), tf.mul(dy!, slope())), base!.shape);
        },
        b: () => unbroadcast(tf.mul(dy!, tf.mul(y!, logarithm())), exponent!.shape),
      };
    },
  },
  [tf.Select]: {
    inputsToSave: ['condition'],
    of: ([dy], [condition]) => ({
      condition: () => tf.zeros(condition!.shape),
      t: () => only(condition!, dy!),
      e: () => only(tf.logicalNot(condition!), dy!),
    }),
  },
  [tf.Cast]: {
    of: ([dy], _, { dtype }) => ({ x: () => (dtype === 'float32' ? tf.clone(dy!) : tf.zerosLike(dy!)) }),
  },
  [tf.Relu6]: {
    inputsToSave: ['x'],
    of: ([dy], [x]) => ({
      x: () => only(tf.logicalAnd(tf.greater(x!, 0), tf.less(x!, 6)), dy!),
    }),
  },
  [tf.EluGrad]: {
    inputsToSave: ['dy', 'y'],
    of: ([ddx], [dy, y]) => ({
      dy: () => tf.mul(ddx!, tf.where(tf.less(y!, 0), tf.add(y!, 1), tf.onesLike(y!))),
      y: () => only(tf.less(y!, 0), tf.mul(ddx!, dy!)),
    }),
  },
};
