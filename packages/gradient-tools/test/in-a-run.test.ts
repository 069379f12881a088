import {
  adaptiveGradientClipping,
  centralizeGradients,
  clipAdaptively,
  gradientCentralization,
  gradientNoise,
} from '@cantrip/gradient-tools';
import { accumulateGradients, type Optimizer, sgd } from '@cantrip/optimizers';
import { expectClose, presentWays, tinyData, type Way, weightsOf } from '@cantrip/testing';
import type { AnyPlugin } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';

type Weights = Readonly<Record<string, readonly number[]>>;
type Run = Pick<Way, 'tinyTrainer'>;

const plain = (): Optimizer => sgd({ learningRate: 1 });
const wide = (): LayersModel =>
  sequential({
    layers: [
      layers.flatten({ inputShape: [6, 6, 1] }),
      layers.dense({ units: 60 }),
      layers.dense({ units: 60 }),
      layers.dense({ units: 60 }),
      layers.dense({ units: 3 }),
    ],
  });

async function trained(
  { tinyTrainer }: Run,
  plugins: readonly AnyPlugin[],
  optimizer: Optimizer,
  examples: number,
): Promise<Weights> {
  const trainer = tinyTrainer(plugins, { model: wide, optimizer, metrics: [] });
  await trainer.fit(tinyData({ examples }), { epochs: 1 });
  const found = await weightsOf(trainer);
  trainer.dispose();
  return found;
}

/** What the noise added to each weight in one step, divided by the learning rate. */
async function noiseOf(
  way: Run,
  plugin: AnyPlugin,
  optimizer: Optimizer,
  examples: number,
): Promise<Weights> {
  const noisy = await trained(way, [plugin], optimizer, examples);
  const quiet = await trained(way, [], optimizer, examples);
  return Object.fromEntries(
    Object.entries(noisy).map(([name, values]) => [name, values.map((one, at) => quiet[name]![at]! - one)]),
  );
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, one) => sum + one, 0) / values.length;
const productOf = (left: readonly number[], right: readonly number[]): number[] =>
  left.map((one, at) => one * right[at]!);

describe.each(await presentWays())('gradient noise $name', (way) => {
  it('has mean 0 and the variance eta in the first step, and differs from weight to weight', async () => {
    const noise = await noiseOf(way, gradientNoise({ eta: 0.04 }), plain(), 8);
    const [one, other] = [noise['dense_2/kernel']!, noise['dense_3/kernel']!];
    // 3,600 numbers: their mean is within 4 standard errors, their variance within 10 %.
    for (const values of [one, other]) {
      expect(Math.abs(meanOf(values))).toBeLessThan((4 * 0.2) / 60);
      expect(meanOf(productOf(values, values)) / 0.04).toBeCloseTo(1, 0.7);
    }
    expect(Math.abs(meanOf(productOf(one, other)))).toBeLessThan((4 * 0.04) / 60);
  });

  it('is added once a step to the mean of its batches, with the variance of the step', async () => {
    const accumulated = accumulateGradients(plain(), { steps: 4 });
    const noise = await noiseOf(way, gradientNoise({ eta: 0.04 }), accumulated, 32);
    const values = noise['dense_2/kernel']!;
    expect(meanOf(productOf(values, values)) / 0.04).toBeCloseTo(1, 0.7);
  });
});

describe('the plugins', () => {
  it('center and clip the filters of a transposed convolution, whose kernel is [height, width, outputs, inputs]', async () => {
    const [way] = await presentWays();
    let seen: Readonly<Record<string, tf.Tensor>> = {};
    const reader: AnyPlugin = {
      name: 'reader',
      transformGradients(gradients) {
        seen = Object.fromEntries(
          Object.entries(gradients).map(([name, one]) => [name, tf.keep(tf.clone(one))]),
        );
        return gradients;
      },
    };
    const trainer = way!.tinyTrainer([gradientCentralization(), reader], {
      model: () =>
        sequential({
          layers: [
            layers.conv2d({ filters: 3, kernelSize: 2, inputShape: [6, 6, 1] }),
            layers.conv2dTranspose({ filters: 2, kernelSize: 2 }),
            layers.flatten(),
            layers.dense({ units: 3 }),
          ],
        }),
    });
    await trainer.fit(tinyData({ examples: 8 }), { epochs: 1 });
    const kernel = seen['conv2d_transpose_1/kernel']!;
    expect(kernel.shape).toEqual([2, 2, 2, 3]);
    expectClose(tf.mean(kernel, [0, 1, 3]), [0, 0], { absolute: 1e-7 });
    expect(Math.max(...tf.abs(tf.mean(kernel, [0, 1, 2])).dataSync())).toBeGreaterThan(1e-5);
    tf.dispose(seen);
    trainer.dispose();
  });

  it('leave a unit of one weight as it is, which would never be trained otherwise', () => {
    const gradient = tf.tensor2d([[1, 2, 3]]);
    expectClose(centralizeGradients({ kernel: gradient })['kernel']!, [[1, 2, 3]], {});
  });

  it('take the axes of units that are given', () => {
    const kernel = tf.tensor2d([
      [1, 3],
      [10, 30],
    ]);
    const rows = centralizeGradients({ kernel }, { unitAxes: { kernel: [0] } })['kernel']!;
    expectClose(
      rows,
      [
        [-1, 1],
        [-10, 10],
      ],
      {},
    );
    const all = { kernel: tf.ones([2, 2]) };
    const found = clipAdaptively(all, { kernel }, { clipping: 1, unitAxes: { kernel: [0] } })['kernel']!;
    expectClose(tf.norm(found, 'euclidean', 1), [Math.SQRT2, Math.SQRT2], { relative: 1e-6 });
    expect(() => centralizeGradients({ kernel }, { unitAxes: { kernel: [2] } })).toThrow(
      /unitAxes\.kernel must be axes of a tensor \[2,2\], got \[2\]\. .+\(OPTION_INVALID\)$/,
    );
  });

  it('refuse a pattern that matches no variable, when the run begins', async () => {
    const [way] = await presentWays();
    for (const plugin of [
      gradientCentralization({ except: ['haed/**'] }),
      adaptiveGradientClipping({ except: [/haed/] }),
    ]) {
      const trainer = way!.tinyTrainer([plugin]);
      await expect(trainer.open()).rejects.toThrow(
        /^\[\w+\] except\[0\] .*haed.* matches no variable\. The variables are .+\. \(OPTION_INVALID\)$/,
      );
      trainer.dispose();
    }
  });

  it('refuse wrong options and weights in a sentence', () => {
    for (const options of [{ clipping: 0 }, { epsilon: -1 }, { cliping: 1 }, { except: [''] }] as never[])
      expect(() => adaptiveGradientClipping(options)).toThrow(
        /^\[adaptiveGradientClipping\] .+\. .+\. \(OPTION_INVALID\)$/,
      );
    for (const options of [{ eta: -1 }, { gamma: NaN }, { decay: 1 }] as never[])
      expect(() => gradientNoise(options)).toThrow(/^\[gradientNoise\] .+\. .+\. \(OPTION_INVALID\)$/);
    expect(() => gradientCentralization({ only: 'dense' as never })).toThrow(/OPTION_INVALID/);
    expect(() => clipAdaptively({}, { w: tf.zeros([2]) })).toThrow(
      /weights\.w must have shape \[2\], got none/,
    );
  });
});
