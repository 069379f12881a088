import { CantripError, parseOptions } from '@cantrip/errors';
import type { BatchSource, Trainer } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { outputOf } from '../smoothing/chosen-outputs.ts';
import type { Calibration } from './calibration.ts';
import { calibrationMeter, type CalibrationOptions } from './calibration-meter.ts';

export interface CalibrationOfOptions extends CalibrationOptions {
  /** Which output, where the model has several by name. */
  readonly output?: string | undefined;
}

const argumentsSchema = v.object({
  trainer: v.custom<Pick<Trainer, 'predict'>>(
    (given) => typeof (given as Trainer | null | undefined)?.predict === 'function',
    'must be a trainer',
  ),
  source: v.custom<BatchSource>(
    (given) => typeof (given as BatchSource | null | undefined)?.batches === 'function',
    'must be a dataset',
  ),
});

const outputSchema = v.object({ output: v.optional(v.pipe(v.string(), v.nonEmpty('must not be empty'))) });

/**
 * The calibration of a trainer's model over all examples of a dataset, in inference mode.
 *
 * A calibration error of an epoch is not the mean of its batches' errors, so it can be no metric of the trainer: this is
 * a pass of its own. `brierScore()` and `confidence()` are exact as metrics.
 *
 * @throws CantripError as {@link calibrationMeter}; DATA_EMPTY
 * @example
 * ```ts
 * const { expectedError, bins } = await calibrationOf(trainer, test);
 * ```
 */
export async function calibrationOf(
  trainer: Pick<Trainer, 'predict'>,
  source: BatchSource,
  options: CalibrationOfOptions = {},
): Promise<Calibration> {
  parseOptions('calibrationOf', argumentsSchema, { trainer, source });
  const { output } = parseOptions('calibrationOf', outputSchema, options);
  const { output: _, ...rest } = options;
  const meter = calibrationMeter(rest);
  for await (const { inputs, targets } of source.batches({ seed: 0, epoch: 0, start: 0 })) {
    const outputs = await trainer.predict(inputs);
    const labels = labelsOf(targets as Targets, output);
    try {
      await meter.add(labels.tensor, outputOf(outputs, output));
    } finally {
      labels.dispose();
      tf.dispose(outputs as tf.TensorContainer);
    }
  }
  return meter.result();
}

/** Labels on the host or on the device, with names or without. */
type Labels =
  tf.Tensor | { readonly values: ArrayLike<number> & ArrayBufferView; readonly shape: readonly number[] };
type Targets = Labels | Readonly<Record<string, Labels>>;

interface OwnedLabels {
  readonly tensor: tf.Tensor;
  dispose(): void;
}

function labelsOf(targets: Targets, output: string | undefined): OwnedLabels {
  const labels = isLabels(targets) ? targets : targets[nameOf(targets, output)];
  if (labels instanceof tf.Tensor) return { tensor: labels, dispose: () => undefined };
  const { values, shape } = labels!;
  const isFloat = values instanceof Float32Array;
  const tensor = tf.tensor(
    (isFloat ? values : Int32Array.from(values)) as tf.TypedArray,
    [...shape],
    isFloat ? 'float32' : 'int32',
  );
  return { tensor, dispose: () => tensor.dispose() };
}

const isLabels = (targets: Targets): targets is Labels =>
  targets instanceof tf.Tensor || ArrayBuffer.isView((targets as { readonly values?: unknown }).values);

function nameOf(targets: Readonly<Record<string, Labels>>, output: string | undefined): string {
  const names = Object.keys(targets);
  const name = output ?? (names.length === 1 ? names[0] : undefined);
  if (name !== undefined && targets[name]) return name;
  throw new CantripError('OPTION_INVALID', {
    who: 'calibrationOf',
    what: `output is ${output === undefined ? 'missing' : `'${output}'`}, and the targets are ${names.join(', ')}`,
    fix: 'Give output one of these names',
  });
}
