import type { LayerVariable } from '@tensorflow/tfjs-layers';
import * as tf from '@tensorflow/tfjs-core';
import type { BatchNormLayer } from '../layers/batch-norm-layers.ts';
import { type FoldedBatchNorm, foldParameters } from './fold-batch-norm.ts';
import { heldProperty, type Holder } from '../layers/held-property.ts';

interface Fold {
  readonly pair: FoldedBatchNorm;
  holders: number;
  end(): void;
}

const folds = new WeakMap<BatchNormLayer, Fold>();

/** The stored scale and shift of a layer; undefined if it has none. */
export function foldedOnce(layer: BatchNormLayer): FoldedBatchNorm | undefined {
  return folds.get(layer)?.pair;
}

/**
 * Computes the scale and shift of a layer now, and again only when one of its variables is assigned. For example,
 * `setWeights`, loading or a restored trainer assigns them.
 *
 * They are variables, not tensors, because a recorded step reads variables at each call. A recorded step that
 * assigns the layer's variables also computes them.
 *
 * @returns a function that ends it; if you start it twice, end it twice
 */
export function foldOnce(layer: BatchNormLayer): () => void {
  const fold = folds.get(layer) ?? begin(layer);
  fold.holders += 1;
  folds.set(layer, fold);
  return () => {
    fold.holders -= 1;
    if (fold.holders > 0) return;
    folds.delete(layer);
    fold.end();
  };
}

function begin(layer: BatchNormLayer): Fold {
  const { epsilon, movingMean, movingVariance, gamma, beta } = layer;
  const fold = (): FoldedBatchNorm =>
    foldParameters({
      mean: movingMean.read(),
      variance: movingVariance.read(),
      gamma: gamma?.read(),
      beta: beta?.read(),
      epsilon,
    });
  const pair = tf.tidy(() => {
    const { scale, shift } = fold();
    return { scale: tf.variable(scale, false), shift: tf.variable(shift, false) };
  });
  const foldAgain = (): void =>
    tf.tidy(() => {
      const { scale, shift } = fold();
      pair.scale.assign(scale);
      pair.shift.assign(shift);
    });
  const sources = [movingMean, movingVariance, gamma, beta].filter((one) => one !== undefined);
  const undos = sources.map((source) => watchAssign(variableOf(source), { reassert: true, foldAgain }));
  return {
    pair,
    holders: 0,
    end: () => {
      undos.forEach((undo) => undo());
      tf.dispose([pair.scale, pair.shift]);
    },
  };
}

const variableOf = (weight: LayerVariable): tf.Variable => weight.read() as tf.Variable;

interface Watcher extends Holder {
  foldAgain(): void;
}

/** Runs after each assignment, by tfjs-layers, a trainer or an optimizer. */
const watchAssign: (variable: tf.Variable, watcher: Watcher) => () => void = heldProperty(
  'assign',
  (variable, watchers) => {
    const assign = variable.assign.bind(variable);
    return {
      value: (given: tf.Tensor): void => {
        assign(given);
        watchers.forEach(({ foldAgain }) => foldAgain());
      },
    };
  },
);
