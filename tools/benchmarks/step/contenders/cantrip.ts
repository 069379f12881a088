import { arrayDataset, standardization } from '@cantrip/data';
import { sgd } from '@cantrip/optimizers';
import { type BatchSource, createTrainer, softmaxCrossEntropy } from '@cantrip/trainer';
import type * as tf from '@tensorflow/tfjs-core';
import { MOMENTUM } from '../cases.ts';
import { batchesOf, modelWithWeights, pick, product, readGiven, versionsOn } from './given.ts';
import { serve, type Served } from './serve.ts';

/** Ours: the trainer as a user calls it; the contender's options are options of the trainer. */
async function start(): Promise<Served> {
  const given = readGiven();
  const { batch, learningRate } = given.oneCase;
  const trainer = createTrainer({
    device: 'tensorflow',
    model: () => modelWithWeights(given),
    optimizer: sgd({ learningRate, momentum: MOMENTUM }),
    loss: softmaxCrossEntropy(),
    // Like the peers, it waits at the end of a turn.
    checkLossEvery: 1_000_000,
    handleInterrupt: false,
    ...given.options,
  });
  const { device } = await trainer.open();
  const { inputs, targets } = batchesOf(given);
  const images = { values: pick(given.tensors, 'images').values as Uint8Array };
  const dataset = arrayDataset({
    inputs: { ...images, shape: pick(given.tensors, 'images').shape },
    targets: pick(given.tensors, 'labels'),
    normalization: standardization(),
    batchSize: batch,
    shuffle: true,
  });
  let epochs = 0;
  const fit = async (source: BatchSource): Promise<number> => {
    const history = await trainer.fit(source, { epochs: ++epochs });
    return history.epochs.at(-1)!['loss']!;
  };
  return {
    versions: versionsOn(device),
    train: (batches) =>
      fit(preparedBatches(batches.map((i) => ({ inputs: inputs[i]!, targets: targets[i]! })))),
    epoch: async () => void (await fit(dataset)),
    product: product(),
  };
}

function preparedBatches(batches: readonly { inputs: tf.Tensor; targets: tf.Tensor }[]): BatchSource {
  return { stepsPerEpoch: batches.length, batches: () => batches };
}

await serve(start);
