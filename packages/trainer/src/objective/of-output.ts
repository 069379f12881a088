import type * as tf from '@tensorflow/tfjs-core';
import { CantripError } from '@cantrip/errors';
import { entriesOf, SINGLE, type TensorShapes } from '../contract/tensor-trees.ts';
import type { Tensors } from '../contract/batch.ts';

/** The shape of an output. */
export function pickShape(shapes: TensorShapes, output: string): readonly number[] {
  return pickEntry(Object.entries(shapes), output, 'the model');
}

/** The target, or the result, that belongs to an output. */
export function pick(tensors: Tensors, output: string): tf.Tensor {
  return pickEntry(entriesOf(tensors), output, 'the batch');
}

/** A single one serves every output, and the only one an output without a name. */
export function pickEntry<T>(
  entries: readonly (readonly [string, T])[],
  output: string,
  whose = 'the batch',
): T {
  const [first] = entries;
  if (entries.length === 1 && (output === SINGLE || first![0] === SINGLE)) return first![1];
  const found = entries.find(([name]) => name === output);
  if (found) return found[1];
  const names = entries.map(([name]) => name).join(', ');
  throw new CantripError('SHAPE_MISMATCH', {
    who: 'trainer',
    what: output
      ? `loss or metrics name an output ${output}, but ${whose} has ${names || 'none'}`
      : `${whose} has several outputs (${names}), but there is one loss for all`,
    fix: 'Give one loss for each output: loss: { name: softmaxCrossEntropy() }',
  });
}

/** The weights that belong to an output: one tensor for all, or those of its name. */
export function pickWeights(weights: Tensors | undefined, output: string): tf.Tensor | undefined {
  if (weights === undefined) return undefined;
  return entriesOf(weights).find(([name]) => name === SINGLE || name === output || output === SINGLE)?.[1];
}
