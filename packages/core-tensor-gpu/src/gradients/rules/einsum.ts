import * as tf from '@tensorflow/tfjs-core';
import type { Gradient } from '../tape/gradient-table.ts';
import { parseEinsum } from '../../geometry/einsum-equation.ts';

/**
 * The gradient of `tf.einsum` for any equation that the device accepts.
 *
 * The gradient of one tensor is an einsum of the output's gradient and the other tensors. A letter that only this
 * tensor has is repeated. A letter that it has twice is on the diagonal.
 */
export const einsumGradient: Gradient = {
  saveAllInputs: true,
  of: ([dy], tensors, { equation }) => {
    const { terms, result } = parseEinsum(equation as string, tensors);
    const gradients = tensors.map((_, i) => [
      String(i),
      () => {
        const others = tensors.filter((_, other) => other !== i);
        const labels = terms.filter((_, other) => other !== i);
        return gradientOf(tensors[i]!, terms[i]!, [dy!, ...others], [result, ...labels]);
      },
    ]);
    return Object.fromEntries(gradients) as Record<string, () => tf.Tensor>;
  },
};

function gradientOf(
  x: tf.Tensor,
  letters: string,
  given: readonly tf.Tensor[],
  terms: readonly string[],
): tf.Tensor {
  const known = terms.join('');
  const once = [...new Set(letters)].filter((letter) => known.includes(letter));
  const order = once.join('');
  const product =
    terms.length === 1 && terms[0] === order
      ? given[0]!
      : tf.einsum(`${terms.join(',')}->${order}`, ...given);
  return unfold(product, order, letters, x.shape);
}

/** Converts one axis per letter to the axes of the tensor. */
function unfold(x: tf.Tensor, order: string, letters: string, shape: readonly number[]): tf.Tensor {
  // The axes are in the order of their first occurrence. Letters that are not in `order` are repeated.
  const axes = [...letters].map((letter, at) =>
    letters.indexOf(letter) === at ? order.includes(letter) : false,
  );
  let full = tf.reshape(
    x,
    shape.map((size, at) => (axes[at]! ? size : 1)),
  );
  for (const [at, letter] of [...letters].entries()) {
    const first = letters.indexOf(letter);
    if (first === at) continue;
    const size = shape[at]!;
    const diagonal = shape.map((_, other) => (other === at || other === first ? size : 1));
    full = tf.mul(full, tf.reshape(tf.eye(size), diagonal));
  }
  return tf.util.arraysEqual(full.shape, [...shape]) ? tf.clone(full) : tf.mul(full, tf.ones([...shape]));
}
