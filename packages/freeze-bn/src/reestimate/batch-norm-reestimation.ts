import { parseOptions } from '@cantrip/errors';
import { type HostTensor, upload } from '@cantrip/ops';
import { batchesPerEpoch, exactSteps, isHostTensor, type Length, wholeStep } from '@cantrip/plugin-kit';
import type { BatchSource, HostContext, Plugin, Tensors } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import * as v from 'valibot';
import type { LayerSelector } from '../layers/choose-layers.ts';
import { isNone, lengthSchema } from '../freeze/length-schema.ts';
import { layersEntry } from '../layers/freeze-options.ts';
import { reestimateBatchNorm } from './reestimate-batch-norm.ts';
import { requireLayersModel } from '../layers/require-layers-model.ts';

export interface BatchNormReestimationOptions {
  /** The data to take the statistics from: training data without augmentation, in batches as large as memory allows. */
  readonly data: BatchSource;
  /** The largest number of batches, at most one epoch; 200 by default. */
  readonly batches?: number | undefined;
  /** How often to re-estimate; `'1ep'` by default. Also always after the last step. */
  readonly every?: Length | undefined;
  /**
   * The layers to re-estimate; by default all batch normalisations of the model. Layers with frozen statistics are
   * skipped.
   */
  readonly layers?: LayerSelector | readonly LayerSelector[] | undefined;
}

const schema = v.strictObject({
  data: v.custom<BatchSource>(
    (value) => typeof value === 'object' && value !== null && 'batches' in value,
    'must be a dataset, or { batchesPerEpoch, batches() }',
  ),
  batches: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1)), 200),
  every: v.optional(
    v.pipe(
      lengthSchema,
      v.check((every) => !isNone(every), 'must be a length longer than 0'),
    ),
    '1ep',
  ),
  layers: layersEntry,
});

const who = 'batchNormReestimation';

/**
 * Plugin: computes the true statistics of batch normalisations before each validation, with {@link
 * reestimateBatchNorm}.
 *
 * @throws CantripError OPTION_INVALID at once; when the run begins, MODEL_INVALID if the model is a function
 * @example
 * ```ts
 * createTrainer({ …, plugins: [batchNormReestimation({ data: rebatch(train, { batchSize: 256 }), batches: 20 })] });
 * ```
 */
export function batchNormReestimation(options: BatchNormReestimationOptions): Plugin {
  const { data, batches, every, layers } = parseOptions(who, schema, options);
  const most = Math.min(batches, batchesPerEpoch(data) || Infinity);
  return {
    name: 'freeze-bn/reestimation',
    setup: (run) => void requireLayersModel(who, run),
    async onStepEnd(context) {
      if (!isDue(context, every)) return;
      const model = requireLayersModel(who, context.run);
      const request = { seed: context.run.seed, epoch: context.epoch, start: 0 };
      await reestimateBatchNorm(model, inputsOf(model, first(most, data.batches(request))), { layers });
    },
  };
}

/** Called in `onStepEnd`: this step is already counted, and the epoch's validation comes later. */
function isDue(context: HostContext, every: Length): boolean {
  const { step, totalSteps } = context;
  const period = Math.max(1, exactSteps(who, every, context));
  return step === totalSteps || wholeStep(Math.round(step / period) * period) === step;
}

type Batches = ReturnType<BatchSource['batches']>;
type GivenBatch = Batches extends Iterable<infer One> | AsyncIterable<infer One> ? One : never;

async function* first(count: number, batches: Batches): AsyncGenerator<GivenBatch> {
  let left = count;
  for await (const batch of batches) {
    yield batch;
    if (--left === 0) return;
  }
}

async function* inputsOf(
  model: LayersModel,
  batches: AsyncIterable<GivenBatch>,
): AsyncGenerator<tf.Tensor | tf.Tensor[]> {
  for await (const batch of batches) {
    const { inputs } = batch;
    const uploaded: tf.Tensor[] = [];
    const ours = (tensor: tf.Tensor): tf.Tensor => (uploaded.push(tensor), tensor);
    const one = (given: HostTensor | tf.Tensor): tf.Tensor => {
      const size = 'size' in batch ? batch.size : given.shape[0]!;
      const whole = given instanceof tf.Tensor ? given : ours(upload(given));
      // Rows that only pad the batch are repeated rows, so they are dropped.
      return size === whole.shape[0] ? whole : ours(tf.slice(whole, 0, size));
    };
    try {
      yield isSingle(inputs) ? one(inputs) : model.inputNames.map((name) => one(inputs[name]!));
    } finally {
      tf.dispose(uploaded);
    }
  }
}

type Inputs = GivenBatch['inputs'];

function isSingle(inputs: Inputs | Tensors): inputs is HostTensor | tf.Tensor {
  return inputs instanceof tf.Tensor || isHostTensor(inputs);
}
