import type { HostBatch, HostTensor } from '@cantrip/ops';
import type { BatchSource } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

/** Two batch normalisations, `stem_bn` and `head_bn`, whose moving statistics are not those of any batch. */
export function twoNorms(): tfl.Sequential {
  const { layers } = tfl;
  const model = tfl.sequential({
    layers: [
      layers.dense({ units: 4, inputShape: [3], name: 'stem' }),
      layers.batchNormalization({ momentum: 0.5, name: 'stem_bn' }),
      layers.dense({ units: 2, name: 'head' }),
      layers.batchNormalization({ momentum: 0.5, name: 'head_bn' }),
    ],
  });
  setStatistics(model);
  return model;
}

/** Gives every batch normalisation gamma 2, beta 1, mean 0.5 and variance 3, as far as it has them. */
export function setStatistics(model: tfl.LayersModel): void {
  for (const layer of model.layers) {
    if (layer.getClassName() !== 'BatchNormalization') continue;
    const value: Readonly<Record<string, number>> = {
      gamma: 2,
      beta: 1,
      moving_mean: 0.5,
      moving_variance: 3,
    };
    layer.setWeights(
      layer.weights.map(({ shape, originalName }) =>
        tf.fill(shape as number[], value[originalName.split('/').at(-1)!]!),
      ),
    );
  }
}

export const batch = (): tf.Tensor2D => tf.randomNormal([8, 3], 5, 2, 'float32', 1);

/** The model's outputs when it is called in training or not. */
export const outputs = (model: tfl.LayersModel, training: boolean): number[] => [
  ...(model.apply(batch(), { training }) as tf.Tensor).dataSync(),
];

/** The values of all weights of a model, or of a layer, by the layer's name. */
export const values = (model: tfl.LayersModel, layer?: string): number[][] =>
  (layer === undefined ? model.layers : [model.getLayer(layer)]).flatMap((one) =>
    one.getWeights().map((weight) => [...weight.dataSync()]),
  );

/** One step of gradient descent on all that is trainable, in training mode. */
export function trainStep(model: tfl.LayersModel): void {
  tf.tidy(() => {
    const loss = (): tf.Scalar => tf.mean(tf.square(model.apply(batch(), { training: true }) as tf.Tensor));
    const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const { grads } = tf.variableGrads(loss, variables);
    variables.forEach((variable) => variable.assign(tf.sub(variable, tf.mul(grads[variable.name]!, 0.1))));
  });
}

/** Batches in order, one for each step, of golden values. */
export function batchesOf(
  { inputs, targets }: { readonly inputs: number[][][]; readonly targets: number[][][] },
  stepsPerEpoch: number,
): BatchSource {
  const host = (values: number[][]): HostTensor => ({
    values: Float32Array.from(values.flat()),
    shape: [values.length, values[0]!.length],
  });
  return {
    stepsPerEpoch,
    *batches({ epoch, start }): Generator<HostBatch> {
      for (let step = epoch * stepsPerEpoch + start; step < (epoch + 1) * stepsPerEpoch; step++) {
        const given = inputs[step]!;
        yield { inputs: host(given), targets: host(targets[step]!), size: given.length };
      }
    },
  };
}
