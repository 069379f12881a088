import { CantripError, parseOptions } from '@cantrip/errors';
import { batchesPerEpoch, entriesOfTensors, entryOf, isHostTensor } from '@cantrip/plugin-kit';
import type { BatchSource, Trainer } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { outputOf } from '../smoothing/chosen-outputs.ts';
import type { Calibration } from './calibration.ts';
import { calibrationMeter, type CalibrationOptions } from './calibration-meter.ts';

export interface CalibrationOfOptions extends CalibrationOptions {
  /** The name of the output, if the model has several. */
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

const outputSchema = v.object({ output: v.optional(v.pipe(v.string(), v.nonEmpty())) });

/**
 * Measures the calibration of a trainer's model over a dataset, in inference mode. The weights of the batches are
 * used. Rows that only pad a batch are ignored.
 *
 * A metric of the trainer is a mean over examples, and a calibration error is not. So this function makes a separate
 * pass over the data. `brierScore()` and `confidence()` are such means, so they can be metrics.
 *
 * @throws CantripError the same errors as {@link calibrationMeter}; DATA_EMPTY, DATA_SHORT
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
  for await (const batch of oneEpoch(source)) {
    const outputs = await trainer.predict(batch.inputs);
    const labels = tensorOf(partOf(batch.targets as Parts, output));
    const weights = weightsOf(batch, outputOf(outputs, output), output);
    try {
      await meter.add(labels.tensor, outputOf(outputs, output), weights);
    } finally {
      labels.dispose();
      tf.dispose([weights ?? [], outputs as tf.TensorContainer]);
    }
  }
  return meter.result();
}

type Batches = ReturnType<BatchSource['batches']>;
type Batch = Batches extends Iterable<infer One> | AsyncIterable<infer One> ? One : never;

/** Yields the number of batches that the data declares. Stops an endless source; throws if a source ends earlier. */
async function* oneEpoch(source: BatchSource): AsyncGenerator<Batch> {
  const promised = batchesPerEpoch(source);
  let count = 0;
  for await (const batch of source.batches({ seed: 0, epoch: 0, start: 0, examples: 0 })) {
    yield batch;
    if (++count === promised) return;
  }
  if (count === 0 || Number.isNaN(promised)) return;
  throw new CantripError('DATA_SHORT', {
    who: 'calibrationOf',
    what: `the data gave ${count} batches, but declares ${promised} for an epoch`,
    fix: 'Correct batchesPerEpoch, or return a new iterator at each call of batches()',
  });
}

/** Numbers on the host, or a tensor. */
type Part =
  tf.Tensor | { readonly values: ArrayLike<number> & ArrayBufferView; readonly shape: readonly number[] };
type Parts = Part | Readonly<Record<string, Part>>;

interface OwnedTensor {
  readonly tensor: tf.Tensor;
  dispose(): void;
}

function tensorOf(part: Part): OwnedTensor {
  if (part instanceof tf.Tensor) return { tensor: part, dispose: () => undefined };
  const { values, shape } = part;
  const isFloat = values instanceof Float32Array;
  const tensor = tf.tensor(
    (isFloat ? values : Int32Array.from(values)) as tf.TypedArray,
    [...shape],
    isFloat ? 'float32' : 'int32',
  );
  return { tensor, dispose: () => tensor.dispose() };
}

/** The weights of a batch's rows: 0 for rows that only pad the batch. The caller must dispose the result. */
function weightsOf(batch: Batch, outputs: tf.Tensor, output: string | undefined): tf.Tensor | undefined {
  const rows = outputs.shape[0] ?? 0;
  const size = 'size' in batch ? batch.size : rows;
  const given = batch.weights as Parts | undefined;
  if (given === undefined && size === rows) return undefined;
  return tf.tidy(() => {
    const real = tf.cast(tf.less(tf.range(0, rows), size), 'float32');
    if (given === undefined) return real;
    const weights = tf.cast(tensorOf(isPart(given) ? given : partOf(given, output)).tensor, 'float32');
    return tf.mul(weights, tf.reshape(real, [rows, ...weights.shape.slice(1).map(() => 1)]));
  });
}

const isPart = (parts: Parts): parts is Part => parts instanceof tf.Tensor || isHostTensor(parts);

function partOf(parts: Parts, output: string | undefined): Part {
  const found = entryOf(entriesOfTensors<Part>(parts), output);
  if (found) return found;
  throw new CantripError('OPTION_INVALID', {
    who: 'calibrationOf',
    what: `output is ${output === undefined ? 'missing' : `'${output}'`}, but the batch has ${Object.keys(parts).join(', ')}`,
    fix: 'Set output to one of these names',
  });
}
