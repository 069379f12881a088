import * as tf from '@tensorflow/tfjs-core';
import type { Gradient, GradientTable } from '../tape/gradient-table.ts';

/** Kernels whose results are booleans, positions or counts, with the names of their inputs. */
const inputs: Readonly<Record<string, readonly string[]>> = {
  [tf.All]: ['x'],
  [tf.Any]: ['x'],
  [tf.Equal]: ['a', 'b'],
  [tf.Greater]: ['a', 'b'],
  [tf.GreaterEqual]: ['a', 'b'],
  [tf.Less]: ['a', 'b'],
  [tf.LessEqual]: ['a', 'b'],
  [tf.LogicalAnd]: ['a', 'b'],
  [tf.LogicalNot]: ['x'],
  [tf.LogicalOr]: ['a', 'b'],
  [tf.NotEqual]: ['a', 'b'],
  [tf.SearchSorted]: ['sortedSequence', 'values'],
};

const zeros = (names: readonly string[]): Gradient => ({
  inputsToSave: names,
  of: (_, saved) => Object.fromEntries(names.map((name, i) => [name, () => tf.zeros(saved[i]!.shape)])),
});

/**
 * Zero gradients for these kernels, because their results are constant almost everywhere. tfjs-core throws for a
 * mask from `greater`, and returns zeros for one from `greaterEqual`.
 */
export const gradientsWithoutSlope: GradientTable = Object.fromEntries(
  Object.entries(inputs).map(([kernel, names]) => [kernel, zeros(names)]),
);
