import { input, layers, type LayersModel, model } from '@tensorflow/tfjs-layers';
import { sgd } from '@cantrip/optimizers';
import { createTrainer, meanSquaredError } from '@cantrip/trainer';
import { describe, expect, it } from 'vitest';

const two = (one: string, other: string) => (): LayersModel => {
  const x = input({ shape: [2] });
  const dense = (name: string): never =>
    layers.dense({ units: 1, name, kernelInitializer: 'zeros' }).apply(x) as never;
  return model({ inputs: x, outputs: [dense(one), dense(other)] });
};

describe('outputs that bear the names of what every object has', () => {
  it.each([
    ['constructor', 'toString'],
    ['hasOwnProperty', 'valueOf'],
  ])('%s and %s are trained, weighed and told', async (one, other) => {
    for (const lossWeights of [undefined, { [one]: 3 }]) {
      const trainer = createTrainer({
        device: 'cpu',
        model: two(one, other),
        optimizer: sgd({ learningRate: 0 }),
        loss: { [one]: meanSquaredError(), [other]: meanSquaredError() },
        ...(lossWeights && { lossWeights }),
        handleInterrupt: false,
      });
      const data = { inputs: [[1, 2]], targets: { [one]: [[1]], [other]: [[2]] }, batchSize: 1 };
      const { epochs } = await trainer.fit(data, { epochs: 1, validation: data });
      // Both outputs are 0: errors of 1 and 4.
      const loss = lossWeights ? 7 : 5;
      expect(epochs[0]).toMatchObject({
        loss,
        [`${one}_loss`]: 1,
        [`${other}_loss`]: 4,
        validation_loss: loss,
      });
      trainer.dispose();
    }
  });
});
