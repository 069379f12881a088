import * as tf from '@tensorflow/tfjs-core';
import { parseEinsum } from '../geometry/einsum-equation.ts';
import type { StockCall } from './stock-backend.ts';

/** A tensor with a letter for each axis. */
interface Term {
  readonly tensor: tf.Tensor;
  readonly letters: string;
}

/**
 * `tf.einsum` for any equation and any number of tensors, as sums and batched matrix products.
 *
 * The stock kernels support no ellipsis, no repeated letter, and at most two tensors. Those of cpu throw if a letter
 * is summed out.
 */
export function contractTensors({ inputs, attrs }: StockCall): tf.TensorInfo {
  const tensors = Object.values(inputs) as tf.Tensor[];
  const { terms, result } = parseEinsum(attrs['equation'] as string, tensors);
  checkSizes(terms, tensors);
  return tf.tidy(() => {
    let product = tensors
      .map((tensor, i): Term => onDiagonal({ tensor, letters: terms[i]! }))
      .reduce((first, second, i) => {
        const later = terms.slice(i + 1).join('');
        return contract(first, second, result + later);
      });
    product = sumOut(product, result);
    return inOrder(product, result);
  });
}

function checkSizes(terms: readonly string[], tensors: readonly tf.Tensor[]): void {
  const sizes = new Map<string, number>();
  for (const [i, letters] of terms.entries()) {
    const { shape } = tensors[i]!;
    tf.util.assert(
      letters.length === shape.length,
      () =>
        `einsum: ${letters} has ${letters.length} letters, but its tensor has the shape [${shape.join(', ')}]`,
    );
    for (const [axis, letter] of [...letters].entries()) {
      const size = sizes.get(letter) ?? shape[axis]!;
      tf.util.assert(
        size === shape[axis]!,
        () => `einsum: ${letter} has the sizes ${size} and ${shape[axis]!}`,
      );
      sizes.set(letter, size);
    }
  }
}

/** For a letter that occurs twice, takes the diagonal. */
function onDiagonal({ tensor, letters }: Term): Term {
  const second = [...letters].findIndex((letter, at) => letters.indexOf(letter) < at);
  if (second < 0) return { tensor, letters };
  const first = letters.indexOf(letters[second]!);
  const size = tensor.shape[second]!;
  const diagonal = tensor.shape.map((_, axis) => (axis === first || axis === second ? size : 1));
  const kept = tf.sum(tf.mul(tensor, tf.reshape(tf.eye(size), diagonal)), second);
  return onDiagonal({ tensor: kept, letters: letters.slice(0, second) + letters.slice(second + 1) });
}

/**
 * The product of two terms, summed over the letters that are not kept. The letters of the result are those of both
 * terms, then those of the left, then those of the right.
 */
function contract(first: Term, second: Term, kept: string): Term {
  const a = sumOut(first, kept + second.letters);
  const b = sumOut(second, kept + first.letters);
  const both = [...a.letters].filter((letter) => b.letters.includes(letter));
  const batch = both.filter((letter) => kept.includes(letter)).join('');
  const shared = both.filter((letter) => !kept.includes(letter)).join('');
  const without = (letters: string): string =>
    [...letters].filter((letter) => !both.includes(letter)).join('');
  const [left, right] = [without(a.letters), without(b.letters)];
  const sizes = new Map(
    [a, b].flatMap(({ tensor, letters }) =>
      [...letters].map((letter, axis) => [letter, tensor.shape[axis]!] as const),
    ),
  );
  const shapeOf = (letters: string): number[] => [...letters].map((letter) => sizes.get(letter)!);
  const size = (letters: string): number => tf.util.sizeFromShape(shapeOf(letters));
  const rows = tf.reshape(inOrder(a, batch + left + shared), [size(batch), size(left), size(shared)]);
  const columns = tf.reshape(inOrder(b, batch + shared + right), [size(batch), size(shared), size(right)]);
  const product = shared === '' ? tf.mul(rows, columns) : tf.matMul(rows, columns);
  const letters = batch + left + right;
  return { tensor: tf.reshape(product, shapeOf(letters)), letters };
}

function sumOut({ tensor, letters }: Term, kept: string): Term {
  const axes = [...letters].flatMap((letter, axis) => (kept.includes(letter) ? [] : [axis]));
  if (axes.length === 0) return { tensor, letters };
  return {
    tensor: tf.sum(tensor, axes),
    letters: [...letters].filter((letter) => kept.includes(letter)).join(''),
  };
}

function inOrder({ tensor, letters }: Term, order: string): tf.Tensor {
  const axes = [...order].map((letter) => letters.indexOf(letter));
  // Creates a new tensor even if nothing moves, because a kernel must not return its input.
  return tf.transpose(tensor, axes);
}
