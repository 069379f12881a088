import { CantripError } from '@cantrip/errors';
import type { Tensors } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { chosenOutputs, outputOf } from '../smoothing/chosen-outputs.ts';
import { smoothLabels, type SmoothLabelsOptions } from '../smoothing/smooth-labels.ts';

/** Smooths the targets of the chosen outputs. */
export function smoothTargets(
  targets: Tensors,
  outputs: Tensors,
  options: SmoothLabelsOptions,
  chosen: readonly string[] | undefined,
): Tensors {
  if (targets instanceof tf.Tensor) {
    const [key] = chosenOutputs(targets, chosen);
    return smoothFor(targets, outputOf(outputs, key), options);
  }
  const smoothed = chosenOutputs(targets, chosen).map(
    (key) => [key, smoothFor(targets[key!]!, outputOf(outputs, key), options)] as const,
  );
  return { ...targets, ...(Object.fromEntries(smoothed) as Record<string, tf.Tensor>) };
}

function smoothFor(targets: tf.Tensor, outputs: tf.Tensor, options: SmoothLabelsOptions): tf.Tensor {
  const classes = outputs.shape.at(-1) ?? 0;
  const isDense = tf.util.arraysEqual(targets.shape, outputs.shape);
  if (classes < 2 && !(isDense && options.activation === 'sigmoid')) throw noClasses(outputs);
  if (isDense) return tf.tidy(() => smoothLabels(tf.cast(targets, 'float32'), options));
  if (!tf.util.arraysEqual(targets.shape, outputs.shape.slice(0, -1))) throw misfit(targets, outputs);
  if (targets.dtype === 'int32') return smoothLabels(targets, { ...options, classes });
  throw new CantripError('DTYPE_MISMATCH', {
    who: 'label-smoothing',
    what: `targets of shape [${targets.shape.join(', ')}] are class indices and must be int32, got ${targets.dtype}`,
    fix: 'Give the labels as an Int32Array or Uint8Array, or a probability for each class',
  });
}

function noClasses({ shape }: tf.Tensor): CantripError {
  return new CantripError('SHAPE_MISMATCH', {
    who: 'label-smoothing',
    what: `the last axis of the outputs must hold at least 2 classes, got shape [${shape.join(', ')}]`,
    fix: "Smooth only targets of a softmax over classes, or set activation: 'sigmoid'",
  });
}

function misfit(targets: tf.Tensor, outputs: tf.Tensor): CantripError {
  return new CantripError('SHAPE_MISMATCH', {
    who: 'label-smoothing',
    what: `targets of shape [${targets.shape.join(', ')}] do not fit outputs of shape [${outputs.shape.join(', ')}]`,
    fix: `Give class indices of shape [${outputs.shape.slice(0, -1).join(', ')}], or a probability for each class`,
  });
}
