import { arrayDataset, type Dataset, standardization } from '@cantrip/data';
import { batchNormFreezing } from '@cantrip/freeze-bn';
import { sgd } from '@cantrip/optimizers';
import {
  type BatchSource,
  createTrainer,
  softmaxCrossEntropy,
  type Trainer,
  type TrainerOptions,
} from '@cantrip/trainer';
import { benchDevice } from '../../measuring/bench-device.ts';
import { MOMENTUM } from '../cases/cases.ts';
import { batchesOf, type Given, modelWithWeights, pick, weightOf } from './given.ts';

/** The trainer as a user calls it; the contender's options are options of the trainer. */
export function trainerOf(given: Given): Trainer {
  return createTrainer({
    device: benchDevice,
    model: modelOf(given),
    optimizer: sgd({
      learningRate: given.oneCase.learningRate,
      momentum: given.oneCase.momentum ?? MOMENTUM,
    }),
    loss: softmaxCrossEntropy(),
    plugins: [given.oneCase.frozenBatchNorm && batchNormFreezing()],
    handleInterrupt: false,
    ...given.options,
  });
}

function modelOf(given: Given): TrainerOptions['model'] {
  const { asFunction } = given.oneCase;
  return () => (asFunction ? asFunction((name) => weightOf(given, name)) : modelWithWeights(given));
}

/** What an epoch goes through: shuffled bytes, divided by 255 in the step, or shuffled words. */
export function datasetOf({ tensors, oneCase }: Given): Dataset {
  const { values, shape } = pick(tensors, 'images');
  return arrayDataset({
    inputs: { values: values as Uint8Array | Int32Array, shape },
    targets: pick(tensors, 'labels'),
    ...(oneCase.vocabulary === undefined && { normalization: standardization() }),
    batchSize: oneCase.batch,
    shuffle: true,
  });
}

/** Of the ten batches, which lie on the device, those with these numbers. */
export function preparedBatches(given: Given): (numbers: readonly number[]) => BatchSource {
  const { inputs, targets } = batchesOf(given);
  return (numbers) => ({
    stepsPerEpoch: numbers.length,
    batches: () => numbers.map((i) => ({ inputs: inputs[i]!, targets: targets[i]! })),
  });
}
