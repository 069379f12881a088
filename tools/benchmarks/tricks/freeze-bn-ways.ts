import type { HostBatch } from '@cantrip/ops';
import { batchNormFreezing, foldBatchNorm } from '@cantrip/freeze-bn';
import { sgd } from '@cantrip/optimizers';
import {
  type AnyPlugin,
  type BatchSource,
  createTrainer,
  type Plugin,
  softmaxCrossEntropy,
  type Trainer,
} from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { resnet8 } from '../models/small-resnet.ts';

/** The same training in different ways: unfrozen, frozen by the plugin, and frozen in forms that it could have had. */
export const ways: Readonly<Record<string, readonly AnyPlugin[]>> = {
  unfrozen: [],
  frozen: [batchNormFreezing()],
  'frozen, affine trained': [batchNormFreezing({ affine: 'train' })],
  'statistics frozen, normalised with the batch': [batchNormFreezing({ normalizeWith: 'batch' })],
  'frozen as x * scale + shift': [form('scale-and-shift', scaleAndShift)],
  'frozen by the kernel': [form('kernel', kernel)],
  'frozen by the layer at inference': [form('inference', inference)],
};

export interface Setting {
  readonly device: 'cuda' | 'tensorflow' | 'wasm';
  readonly capture: boolean;
}

/** A trainer of ResNet-8, with nine batch normalisations. */
export function resnetTrainer(plugins: readonly AnyPlugin[], { device, capture }: Setting): Trainer {
  return createTrainer({
    device,
    capture,
    model: resnet8,
    optimizer: sgd({ learningRate: 0.01, momentum: 0.9 }),
    loss: softmaxCrossEntropy(),
    plugins: [{ name: 'same-weights', seed: 1 }, ...plugins],
    handleInterrupt: false,
    log: () => undefined,
  });
}

/** The same random images again and again. */
export function randomImages(steps: number, size: number): BatchSource {
  const inputs = { values: Float32Array.from({ length: size * 784 }, Math.random), shape: [size, 28, 28, 1] };
  const targets = { values: Int32Array.from({ length: size }, (_, i) => i % 10), shape: [size] };
  return {
    stepsPerEpoch: steps,
    *batches({ start }): Generator<HostBatch> {
      for (let step = start; step < steps; step++) yield { inputs, targets, size };
    },
  };
}

/** What a layer of batch normalisation keeps private. */
interface Norm extends layers.Layer {
  readonly epsilon: number;
  readonly gamma: Weight;
  readonly beta: Weight;
  readonly movingMean: Weight;
  readonly movingVariance: Weight;
}

interface Weight {
  read(): tf.Tensor;
  trainable: boolean;
}

type Form = (norm: Norm, x: tf.Tensor, call: Norm['call']) => tf.Tensor;

/** Freezes all batch normalisations by another `call`. */
function form(name: string, apply: Form): Plugin {
  return {
    name,
    setup({ model }) {
      for (const layer of (model as LayersModel).layers) {
        if (layer.getClassName() !== 'BatchNormalization') continue;
        const norm = layer as Norm;
        norm.gamma.trainable = norm.beta.trainable = false;
        const call = norm.call.bind(norm);
        norm.call = (inputs) => apply(norm, Array.isArray(inputs) ? inputs[0]! : inputs, call);
      }
    },
  };
}

function scaleAndShift(norm: Norm, x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const { scale, shift } = foldBatchNorm({
      mean: norm.movingMean.read(),
      variance: norm.movingVariance.read(),
      gamma: norm.gamma.read(),
      beta: norm.beta.read(),
      epsilon: norm.epsilon,
    });
    return tf.add(tf.mul(x, scale), shift);
  });
}

/** As the plugin freezes where it does not multiply and add, but for the scale, which it folds once. */
function kernel(norm: Norm, x: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const [mean, variance, gamma, beta] = [norm.movingMean, norm.movingVariance, norm.gamma, norm.beta].map(
      (weight) => weight.read() as tf.Tensor1D,
    ) as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
    const { scale } = foldBatchNorm({ mean, variance, gamma, beta, epsilon: norm.epsilon });
    const normalize = tf.customGrad((...given) => {
      (given.at(-1) as tf.GradSaveFunc)([scale]);
      return {
        value: tf.batchNorm(x, mean, variance, beta, gamma, norm.epsilon),
        gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) => tf.mul(dy, saved!),
      };
    });
    return normalize(x);
  });
}

function inference(_norm: Norm, x: tf.Tensor, call: Norm['call']): tf.Tensor {
  return call(x, { training: false }) as tf.Tensor;
}
