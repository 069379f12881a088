import { type DeviceDescription, openDevice } from '@cantrip/core-tensor-gpu';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { benchDevice } from '../../measuring/bench-device.ts';
import { openStockWasm } from '../../wasm/open-stock-wasm.ts';
import { CLASSES, MOMENTUM } from '../cases/cases.ts';
import { batchesOf, type Given, modelWithWeights, pick, product, readGiven, versionsOn } from './given.ts';
import { serve, type Served } from './serve.ts';
import { upstreamGradients } from './upstream-gradients.ts';
import { upstreamKernels } from './upstream-kernels.ts';

/** TensorFlow.js as it is: `trainOnBatch`, tfjs-core's own gradients and optimizer, op by op. */
async function start(): Promise<Served> {
  const given = readGiven();
  const device = benchDevice === 'wasm' ? await openStockWasm() : await openStockNative();
  const model = modelWithWeights(given);
  if (given.oneCase.frozenBatchNorm) freezeBatchNorms(model);
  model.compile({
    optimizer: tf.train.momentum(given.oneCase.learningRate, given.oneCase.momentum ?? MOMENTUM),
    loss: (targets, logits) => tf.losses.softmaxCrossEntropy(targets, logits),
  });
  const { inputs, targets } = batchesOf(given);
  const classes = model.outputShape.at(-1) as number;
  const oneHot = (indices: tf.Tensor): tf.Tensor => floatOneHot(indices, classes);
  // Those of a language model are too large to be kept: they are made in each step, as tfjs's sparse loss does.
  const kept = classes === CLASSES ? targets.map(oneHot) : undefined;
  return {
    versions: versionsOn(device),
    train: async (batches) => {
      let loss = Number.NaN;
      for (const i of batches) {
        const target = kept?.[i] ?? oneHot(targets[i]!);
        loss = (await model.trainOnBatch(inputs[i]!, target)) as number;
        if (!kept) target.dispose();
      }
      return loss;
    },
    epoch: () => epoch(model, given, oneHot),
    product: product(),
  };
}

/** By a cast, for tfjs's wasm backend writes the bits of integers into a one-hot tensor of floats. */
function floatOneHot(indices: tf.Tensor, classes: number): tf.Tensor {
  if (benchDevice !== 'wasm') return tf.oneHot(indices, classes, 1, 0, 'float32');
  return tf.tidy(() => tf.cast(tf.oneHot(indices, classes), 'float32'));
}

/** tfjs-node's own kernels; ours is the binding alone. */
async function openStockNative(): Promise<DeviceDescription> {
  const restore = [await upstreamKernels(), upstreamGradients()];
  const device = await openDevice('tensorflow');
  for (const putBack of restore) putBack();
  return device.describe();
}

/** By hand, for `trainable = false` of tfjs still normalises with the statistics of the batch, and moves them. */
function freezeBatchNorms(model: LayersModel): void {
  for (const layer of model.layers) {
    if (layer.getClassName() !== 'BatchNormalization') continue;
    layer.trainable = false;
    const call = layer.call.bind(layer);
    layer.call = (inputs) => call(inputs, { training: false });
  }
}

/** The images are all brought onto the device first: `fit` of tfjs slices its batches there. */
async function epoch(
  model: LayersModel,
  { oneCase, tensors }: Given,
  oneHot: (indices: tf.Tensor) => tf.Tensor,
): Promise<void> {
  const [images, labels] = [pick(tensors, 'images'), pick(tensors, 'labels')];
  const x =
    oneCase.vocabulary === undefined
      ? tf.tidy(() => tf.div(tf.tensor(Float32Array.from(images.values), [...images.shape]), 255))
      : tf.tensor(images.values, [...images.shape], 'int32');
  const y = tf.tidy(() => oneHot(tf.tensor(labels.values, [...labels.shape], 'int32')));
  await model.fit(x, y, {
    batchSize: oneCase.batch,
    epochs: 1,
    shuffle: true,
    verbose: 0,
    yieldEvery: 'never',
  });
  tf.dispose([x, y]);
}

await serve(start);
