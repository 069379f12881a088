import { arrayDataset } from '@cantrip/data';
import { smoothedCrossEntropy } from '@cantrip/label-smoothing';
import { accumulateGradients, sgd } from '@cantrip/optimizers';
import { presentWays } from '@cantrip/testing';
import type { Plugin } from '@cantrip/trainer';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';

/** Seven examples of two tokens, of which some are ignored; each example has a weight. */
const labels = Int32Array.of(0, 1, -100, 1, -100, -100, 2, 0, 1, -100, 2, 2, 0, 1);
const exampleWeights = Float32Array.of(1, 0.5, 3, 2, 0, 1, 0.25);

const data = arrayDataset({
  inputs: { values: Float32Array.from({ length: 42 }, (_, i) => Math.sin(i)), shape: [7, 2, 3] },
  targets: { values: labels, shape: [7, 2] },
  weights: { values: exampleWeights, shape: [7] },
  batchSize: 2,
});

/** What the labels of the examples in [from, to) count as in all. */
const counted = (from: number, to: number): number =>
  labels.reduce((sum, label, at) => {
    const example = Math.floor(at / 2);
    return example >= from && example < to && label >= 0 ? sum + exampleWeights[example]! : sum;
  }, 0);

describe.each(await presentWays())('onStepEnd, $name,', ({ tinyTrainer }) => {
  it.each([
    [
      1,
      [
        [0, 2],
        [2, 4],
        [4, 6],
        [6, 7],
      ],
    ],
    [
      3,
      [
        [0, 6],
        [6, 7],
      ],
    ],
  ] as const)(
    'tells what the loss was divided by, with %i batches a step, so that all steps have the mean of the epoch',
    async (steps, parts) => {
      const seen: (readonly [loss: number, weight: number])[] = [];
      const reader: Plugin = {
        name: 'reader',
        onStepEnd: async ({ loss, weight }) => void seen.push([await loss(), await weight()]),
      };
      const trainer = tinyTrainer([reader], {
        model: () => sequential({ layers: [layers.dense({ units: 3, inputShape: [2, 3] })] }),
        optimizer:
          steps === 1
            ? sgd({ learningRate: 0.1 })
            : accumulateGradients(sgd({ learningRate: 0.1 }), { steps }),
        loss: smoothedCrossEntropy({ ignoreIndex: -100 }),
        metrics: [],
      });
      const { epochs } = await trainer.fit(data, { epochs: 1 });
      trainer.dispose();
      parts.forEach(([from, to], at) => expect(seen[at]![1]).toBeCloseTo(counted(from, to), 5));
      const total = seen.reduce((sum, [loss, weight]) => sum + loss * weight, 0);
      expect(total / counted(0, 7)).toBeCloseTo(epochs[0]!['loss']!, 5);
    },
  );
});
