import { CantripError } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import { differentiatedAgain } from '@cantrip/ops';
import { nativeOp, onNativeDevice } from '../../native/ops/native-op.ts';
import type { Gradient, GradientTable } from '../tape/gradient-table.ts';
import { unbroadcast } from '../tape/unbroadcast.ts';

type Pair = readonly [a: tf.Tensor, b: tf.Tensor];

/** A gradient of two inputs that may broadcast, from what flows back to each before it is added up. */
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

/** `dy` where the condition holds, 0 elsewhere. */
const only = (condition: tf.Tensor, dy: tf.Tensor): tf.Tensor => tf.where(condition, dy, tf.zerosLike(dy));

/** `dy * factor`, 0 where nothing flows back, also where the factor is infinite or not a number. */
function flowing(dy: tf.Tensor, factor: tf.Tensor): tf.Tensor {
  if (onNativeDevice() && !differentiatedAgain()) return nativeOp('MulNoNan', [factor, dy]);
  return tf.where(tf.equal(dy, 0), tf.zerosLike(dy), tf.mul(dy, factor));
}

/**
 * - An axis of one that is broadcast to none, for which tfjs-core throws.
 * - A maximum or minimum of two that broadcast, for which tfjs-core throws. Ties go to `a`, as in TensorFlow.
 * - A division where b is 0 and nothing flows back, as in `divNoNan`: 0, where tfjs-core gives NaN; and where the square
 *   of b is not a float32 number any more.
 * - A power of which base and exponent are 0: 0, as PyTorch has it, where tfjs-core gives NaN.
 * - A relu6 of exactly 6, through which TensorFlow and PyTorch let nothing flow back; bytes and other round numbers would
 *   train another way on each device.
 * - The size of a complex number, for which tfjs-core gives a gradient that is not its own: refused.
 * - What steps, a floored division and a cast to whole numbers, has the gradient 0; tfjs-core lets pass what flows back.
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
        // 1 in place of what has no logarithm: a second derivative sees the branch that is not taken too.
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
  [tf.ComplexAbs]: {
    of: () => {
      throw new CantripError('DTYPE_MISMATCH', {
        who: 'abs',
        what: 'has no gradient for complex64, because TensorFlow.js only carries float32 gradients',
        fix: 'Keep real and imaginary part as two float32 tensors',
      });
    },
  },
  [tf.EluGrad]: {
    inputsToSave: ['dy', 'y'],
    of: ([ddx], [dy, y]) => ({
      dy: () => tf.mul(ddx!, tf.where(tf.less(y!, 0), tf.add(y!, 1), tf.onesLike(y!))),
      y: () => only(tf.less(y!, 0), tf.mul(ddx!, dy!)),
    }),
  },
};
