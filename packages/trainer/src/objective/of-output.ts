import type * as tf from '@tensorflow/tfjs-core';
import { CantripError } from '@cantrip/errors';
import { entriesOfTensors, entryOf } from '@cantrip/plugin-kit';
import { SINGLE, type TensorShapes } from '../contract/tensor-trees.ts';
import type { Tensors } from '../contract/batch.ts';

/** Returns the shape of an output. */
export function pickShape(shapes: TensorShapes, output: string): readonly number[] {
  return pickEntry(Object.entries(shapes), output, 'the model');
}

/** Returns the target or output tensor of this name. */
export function pick(tensors: Tensors, output: string): tf.Tensor {
  return pickEntry(entriesOfTensors<tf.Tensor>(tensors), output, 'the batch');
}

/**
 * Picks an entry by output name. A single entry is used for every output; the only entry is used for an output
 * without a name.
 */
export function pickEntry<T>(
  entries: readonly (readonly [string, T])[],
  output: string,
  whose = 'the batch',
): T {
  const found = entryOf(entries, output);
  if (found !== undefined) return found;
  const names = entries.map(([name]) => name).join(', ');
  throw new CantripError('SHAPE_MISMATCH', {
    who: 'trainer',
    what: output
      ? `loss or metrics name the output ${output}, but ${whose} has ${names || 'none'}`
      : `${whose} has several outputs (${names}), but loss is a single loss`,
    fix: 'Set one loss for each output: loss: { name: softmaxCrossEntropy() }',
  });
}

/** Returns the weights of an output: one tensor for all outputs, or the one of its name. */
export function pickWeights(weights: Tensors | undefined, output: string): tf.Tensor | undefined {
  if (weights === undefined) return undefined;
  const entries = entriesOfTensors<tf.Tensor>(weights);
  if (output === SINGLE && entries.length > 1) {
    throw new CantripError('SHAPE_MISMATCH', {
      who: 'trainer',
      what: `the batch has several weights (${entries.map(([name]) => name).join(', ')}), but loss is a single loss`,
      fix: 'Pass the weights of this loss alone',
    });
  }
  return entries.find(([name]) => name === SINGLE || name === output || output === SINGLE)?.[1];
}
