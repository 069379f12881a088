import { sgd } from '@cantrip/optimizers';
import { expectClose, loadGolden, presentWays, type Way, weightsOf } from '@cantrip/testing';
import { type BatchSource, type Loss, type Plugin, softmaxCrossEntropy } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { labelSmoothing, smoothedCrossEntropy } from '../src/index.ts';

interface Trained {
  readonly losses: readonly number[];
  readonly kernel: readonly (readonly number[])[];
  /** The share of outputs whose highest class is the larger of the two labels. */
  readonly accuracy: number;
}

interface Cases {
  readonly inputs: {
    readonly examples: readonly (readonly number[])[];
    readonly labels: readonly (readonly number[])[];
    readonly lambdas: readonly number[];
    readonly kernel: readonly number[];
    readonly learningRate: number;
    readonly smoothing: number;
  };
  readonly smoothed: Trained;
  readonly sharp: Trained;
}

const url = new URL('./golden/mixing.json', import.meta.url);
const { cases, tolerance } = loadGolden<Cases>(url);
const { examples, labels, lambdas, kernel, learningRate, smoothing } = cases.inputs;

/** The least mixing plugin: each example with the one that is as far from the other end of the batch, as timm's. */
const blend: Plugin = {
  name: 'blend',
  provides: ['mixes-labels'],
  scheduleScalars: (scalars, { step }) => ({ ...scalars, lambda: lambdas[step]! }),
  transformBatch({ inputs, targets }, { scalars }) {
    const mixed = (values: tf.Tensor): tf.Tensor =>
      tf.add(
        tf.mul(values, scalars['lambda']!),
        tf.mul(tf.reverse(values, 0), tf.sub(1, scalars['lambda']!)),
      );
    const oneHot = tf.cast(tf.oneHot(targets as tf.Tensor, 3), 'float32');
    return { inputs: mixed(inputs as tf.Tensor), targets: mixed(oneHot) };
  },
};

const data: BatchSource = {
  stepsPerEpoch: examples.length,
  *batches() {
    for (const [step, values] of examples.entries()) {
      yield {
        inputs: { values: Float32Array.from(values), shape: [6, 4] },
        targets: { values: Int32Array.from(labels[step]!), shape: [6] },
        size: 6,
      };
    }
  },
};

const linear = (): LayersModel =>
  sequential({
    layers: [
      layers.dense({
        units: 3,
        useBias: false,
        inputShape: [4],
        weights: [tf.tensor2d([...kernel], [4, 3])],
      }),
    ],
  });

async function train(way: Way, plugins: readonly Plugin[], loss: Loss): Promise<Trained> {
  const losses: number[] = [];
  const observer: Plugin = {
    name: 'observer',
    onStepEnd: async ({ loss }) => void losses.push(await loss()),
  };
  const options = { model: linear, optimizer: sgd({ learningRate }), loss };
  const trainer = way.tinyTrainer([...plugins, observer], options);
  const { epochs } = await trainer.fit(data, { epochs: 1 });
  const weights = await weightsOf(trainer);
  trainer.dispose();
  return { losses, kernel: [weights['dense_1/kernel']!], accuracy: epochs[0]!['accuracy']! };
}

function expectTrained(actual: Trained, wanted: Trained): void {
  expectClose(actual.losses, wanted.losses, tolerance);
  expectClose(actual.kernel[0]!, wanted.kernel, tolerance);
  // Metrics read the mixed labels, and not the smoothed ones.
  expectClose([actual.accuracy], [wanted.accuracy], tolerance);
}

describe.each(await presentWays())('labels that a plugin mixes, $name', (way) => {
  it('are smoothed as timm smooths them while it mixes', async () => {
    const trained = await train(way, [blend, labelSmoothing({ smoothing })], softmaxCrossEntropy());
    expectTrained(trained, cases.smoothed);
  });

  it('are smoothed by the loss that the plugin tells, too', async () => {
    const plugin = labelSmoothing({ smoothing });
    const loss = smoothedCrossEntropy({ smoothing: plugin });
    expectTrained(await train(way, [blend, plugin], loss), cases.smoothed);
  });

  it('are left as they are without smoothing', async () => {
    const trained = await train(way, [blend, labelSmoothing({ smoothing: 0 })], softmaxCrossEntropy());
    expectTrained(trained, cases.sharp);
  });

  it('must have been mixed before, whatever the name of the plugin that mixes', () => {
    expect(() => way.tinyTrainer([labelSmoothing(), blend])).toThrow(
      '[label-smoothing] must come after blend, which provides mixes-labels. Move it further down the plugin list. ' +
        '(PLUGIN_ORDER)',
    );
  });
});
