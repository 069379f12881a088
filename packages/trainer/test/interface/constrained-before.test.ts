import * as tf from '@tensorflow/tfjs-core';
import { constraints, layers, sequential } from '@tensorflow/tfjs-layers';
import { sgd } from '@cantrip/optimizers';
import { meanSquaredError, type Plugin } from '@cantrip/trainer';
import { presentWays } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';

describe.each(await presentWays())('transformOptimizer $name', ({ tinyTrainer }) => {
  it('sees weights that keep their constraint, as the next step does', async () => {
    const seen: Plugin = {
      name: 'seen',
      variables: () => ({ seen: tf.variable(tf.zeros([1, 1]), false) }),
      transformOptimizer: (optimizer, { ownVariables, run }) => ({
        ...optimizer,
        apply(update) {
          optimizer.apply(update);
          ownVariables['seen']!.assign(tf.clone(Object.values(run.variables)[0]!));
        },
      }),
    };
    const trainer = tinyTrainer([seen], {
      model: () =>
        sequential({
          layers: [
            layers.dense({
              units: 1,
              inputShape: [1],
              useBias: false,
              kernelInitializer: 'ones',
              kernelConstraint: constraints.nonNeg(),
            }),
          ],
        }),
      optimizer: sgd({ learningRate: 1 }),
      loss: meanSquaredError(),
      metrics: [],
    });
    // The update takes the weight from 1 to 1 - 2 * (1 + 3) = -7, which the constraint makes 0.
    await trainer.fit({ inputs: [[1]], targets: [[-3]], batchSize: 1 }, { epochs: 1 });
    const { plugins, variables } = await trainer.save();
    expect([...Object.values(variables)[0]!.values]).toEqual([0]);
    expect([...plugins['seen']!.variables['seen']!.values]).toEqual([0]);
    trainer.dispose();
  });
});
