import { expectClose, presentWays, tinyData, tinyModel } from '@cantrip/testing';
import type { BatchSource, Loss } from '@cantrip/trainer';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { smoothedCrossEntropy } from '../src/index.ts';

const ways = await presentWays();
const close = { absolute: 1e-5, relative: 1e-5 };

describe.each(ways)('a smoothedCrossEntropy $name', ({ tinyTrainer }) => {
  const lossesOf = async (
    loss: Loss,
    data: BatchSource,
    model: NonNullable<Parameters<typeof tinyTrainer>[1]>['model'] = tinyModel,
  ): Promise<number[]> => {
    const trainer = tinyTrainer([], { loss, model, metrics: [] });
    const { epochs } = await trainer.fit(data, { epochs: 3 });
    trainer.dispose();
    return epochs.map((logs) => logs['loss']!);
  };

  it('predicts the next label, as with labels that were shifted in the data', async () => {
    const model = () => sequential({ layers: [layers.dense({ units: 3, inputShape: [4, 2] })] });
    const options = { ignoreIndex: -100, smoothing: 0.1 };
    const shifted = await lossesOf(
      smoothedCrossEntropy({ ...options, shiftLabels: true }),
      sequences([0, 1, 2, 0, 1, 2, 0, -100]),
      model,
    );
    const plain = smoothedCrossEntropy(options);
    expectClose(shifted, await lossesOf(plain, sequences([1, 2, 0, -100, 2, 0, -100, -100]), model), close);
    expect(shifted[2]).toBeLessThan(shifted[0]!);
  });

  it('takes the probabilities of a model that ends in a softmax', async () => {
    const model = () => sequential({ layers: [...tinyModel().layers, layers.softmax()] });
    const losses = await lossesOf(
      smoothedCrossEntropy({ from: 'probabilities', smoothing: 0.1 }),
      tinyData(),
      model,
    );
    expectClose(losses, await lossesOf(smoothedCrossEntropy({ smoothing: 0.1 }), tinyData()), close);
  });
});

/** Two sequences of four positions. */
function sequences(labels: readonly number[]): BatchSource {
  return {
    stepsPerEpoch: 1,
    *batches() {
      yield {
        inputs: { values: Float32Array.from({ length: 16 }, (_, i) => Math.sin(i)), shape: [2, 4, 2] },
        targets: { values: Int32Array.from(labels), shape: [2, 4] },
        size: 2,
      };
    },
  };
}
