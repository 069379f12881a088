import { CantripError, parseOptions } from '@cantrip/errors';
import type { Plugin, Tensors } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { smoothingSchema, smoothLabels } from './smooth-labels.ts';

export interface LabelSmoothingOptions {
  /** The share that is spread over all classes, in [0, 1); 0.1 by default, 0 changes nothing. */
  readonly smoothing?: number;
  /** Which targets, where the batch has several by name. */
  readonly output?: string | undefined;
}

const name = 'label-smoothing';

const optionsSchema = v.strictObject({
  smoothing: v.optional(smoothingSchema, 0.1),
  output: v.optional(v.pipe(v.string(), v.nonEmpty('must not be empty'))),
});

/**
 * Plugin: the loss sees smoothed targets; metrics and validation see the true ones.
 *
 * Targets are class indices (the outputs' shape without its last axis) or one-hot or soft targets (the outputs'
 * shape). The number of classes is the outputs' last axis.
 *
 * @throws CantripError OPTION_INVALID; while training SHAPE_MISMATCH or DTYPE_MISMATCH for targets that do not fit
 * @example
 * ```ts
 * createTrainer({ …, loss: softmaxCrossEntropy(), plugins: [labelSmoothing({ smoothing: 0.1 })] });
 * ```
 */
export function labelSmoothing(options: LabelSmoothingOptions = {}): Plugin {
  const { smoothing, output } = parseOptions('labelSmoothing', optionsSchema, options);
  return {
    name,
    // What mixes labels must see them sharp.
    after: ['mixup', 'cutmix'],
    transformTargets: (targets, { outputs }) =>
      smoothing === 0 ? targets : smoothedTargets(targets, outputs, smoothing, output),
  };
}

function smoothedTargets(
  targets: Tensors,
  outputs: Tensors,
  smoothing: number,
  output: string | undefined,
): Tensors {
  if (targets instanceof tf.Tensor) {
    if (output !== undefined) throw notNamed(output, []);
    return smoothFor(targets, outputOf(outputs, output), smoothing);
  }
  const names = Object.keys(targets);
  const key = output ?? (names.length === 1 ? names[0]! : undefined);
  if (key === undefined) throw unchosen(names);
  const target = targets[key];
  if (!target) throw notNamed(key, names);
  return { ...targets, [key]: smoothFor(target, outputOf(outputs, key), smoothing) };
}

/** The output that the targets belong to: of that name, or the only one. */
function outputOf(outputs: Tensors, key: string | undefined): tf.Tensor {
  if (outputs instanceof tf.Tensor) return outputs;
  const names = Object.keys(outputs);
  const found = outputs[key ?? ''] ?? (names.length === 1 ? outputs[names[0]!] : undefined);
  if (found) return found;
  throw key === undefined ? unchosen(names) : notNamed(key, names);
}

function smoothFor(targets: tf.Tensor, outputs: tf.Tensor, smoothing: number): tf.Tensor {
  const classes = outputs.shape.at(-1) ?? 0;
  if (classes < 2) {
    throw misfit(
      `the outputs of shape [${outputs.shape.join(', ')}] have no last axis of at least 2 classes`,
      'Smooth only the targets of a softmax over classes',
    );
  }
  if (sameShape(targets.shape, outputs.shape)) {
    return tf.tidy(() => smoothLabels(tf.cast(targets, 'float32'), { smoothing }));
  }
  if (!sameShape(targets.shape, outputs.shape.slice(0, -1))) {
    throw misfit(
      `targets of shape [${targets.shape.join(', ')}] do not fit outputs of shape [${outputs.shape.join(', ')}]`,
      `Give class indices of shape [${outputs.shape.slice(0, -1).join(', ')}], or a probability for each class`,
    );
  }
  if (targets.dtype === 'int32') return smoothLabels(targets, { smoothing, classes });
  throw new CantripError('DTYPE_MISMATCH', {
    who: name,
    what: `targets of shape [${targets.shape.join(', ')}] are taken for class indices and must be int32, got ${targets.dtype}`,
    fix: 'Give the labels as an Int32Array or Uint8Array, or a probability for each class',
  });
}

function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

function misfit(what: string, fix: string): CantripError {
  return new CantripError('SHAPE_MISMATCH', { who: name, what, fix });
}

function unchosen(names: readonly string[]): CantripError {
  return new CantripError('OPTION_INVALID', {
    who: name,
    what: `there are several targets, ${names.join(', ')}, and output does not say which to smooth`,
    fix: `Write labelSmoothing({ output: '${names[0]!}' })`,
  });
}

function notNamed(output: string, names: readonly string[]): CantripError {
  return new CantripError('OPTION_INVALID', {
    who: name,
    what: `output is '${output}', but ${names.length === 0 ? 'the targets have no names' : `the names are ${names.join(', ')}`}`,
    fix: names.length === 0 ? 'Leave out output' : 'Give output one of these names',
  });
}
