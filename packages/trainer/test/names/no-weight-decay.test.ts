import { adamw, noDecayOnBiasesAndNorms, sgd } from '@cantrip/optimizers';
import { presentWays, tinyData, weightsOf } from '@cantrip/testing';
import type { AnyPlugin } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';

/** Every kind of layer with a bias or a norm; no gradient reaches them, so only decay moves them. */
const network = (): LayersModel =>
  sequential({
    layers: [
      layers.conv2d({ filters: 2, kernelSize: 2, inputShape: [6, 6, 1], biasInitializer: 'ones' }),
      layers.batchNormalization({ betaInitializer: 'ones' }),
      layers.separableConv2d({ filters: 2, kernelSize: 2, biasInitializer: 'ones' }),
      layers.depthwiseConv2d({ kernelSize: 2, biasInitializer: 'ones' }),
      layers.reshape({ targetShape: [3, 6] }),
      layers.layerNormalization({ betaInitializer: 'ones' }),
      layers.bidirectional({
        layer: layers.lstm({ units: 2, returnSequences: true, biasInitializer: 'ones' }) as layers.RNN,
        mergeMode: 'concat',
      }),
      layers.timeDistributed({ layer: layers.dense({ units: 2, biasInitializer: 'ones' }) }),
      layers.prelu({ alphaInitializer: 'ones' }),
      layers.flatten(),
      layers.dense({ units: 3, biasInitializer: 'ones', name: 'head' }),
    ],
  });

const still: AnyPlugin = {
  name: 'still',
  transformGradients: (gradients) =>
    Object.fromEntries(Object.entries(gradients).map(([name, one]) => [name, tf.zerosLike(one)])),
};

describe.each(await presentWays())('weight decay of a LayersModel $name', ({ tinyTrainer }) => {
  it.each([
    ['decoupled', adamw],
    ['added to the gradient', sgd],
  ])(
    'leaves out every parameter of one axis, slopes of PReLU, and what a pattern names: %s',
    async (_, make) => {
      const groups = [noDecayOnBiasesAndNorms, { match: 'head/**', weightDecay: 0 }];
      const optimizer = make({ learningRate: 0.5, weightDecay: 0.1, groups });
      const trainer = tinyTrainer([still], { model: network, optimizer });
      const { run } = await trainer.open();
      const before = await weightsOf(trainer);
      await trainer.fit(tinyData({ examples: 8 }), { epochs: 1 });
      const after = await weightsOf(trainer);
      const trained = Object.entries(run.trainable());
      const decayed = trained.filter(([name]) => String(before[name]) !== String(after[name]));
      // As timm's param_groups_weight_decay. There the slopes of PReLU have one axis, here one for each axis of a row.
      const expected = trained.filter(
        ([name, { rank }]) => rank > 1 && !name.startsWith('head/') && !name.endsWith('/alpha'),
      );
      expect(trained.map(([name]) => name).filter((name) => name.endsWith('/alpha'))).toHaveLength(1);
      expect(decayed.map(([name]) => name)).toEqual(expected.map(([name]) => name));
      expect(expected.length).toBeGreaterThan(6);
      trainer.dispose();
    },
  );
});
