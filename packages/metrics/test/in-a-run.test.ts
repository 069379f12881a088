import { arrayDataset, rebatch } from '@cantrip/data';
import {
  averagePrecision,
  confusionMatrix,
  f1,
  meanAbsoluteError,
  precision,
  r2,
  recall,
  rocAuc,
  rootMeanSquaredError,
} from '@cantrip/metrics';
import { sgd } from '@cantrip/optimizers';
import { presentWays, type Way } from '@cantrip/testing';
import {
  meanSquaredError,
  type Plugin,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  tablesOf,
  type Trainer,
  type TrainerOptions,
} from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';

const count = 22;
const inputs = {
  values: Float32Array.from({ length: count * 3 }, (_, i) => Math.sin(7 * i)),
  shape: [count, 3],
};
const indices = { values: Int32Array.from({ length: count }, (_, i) => (i * i) % 4), shape: [count] };
const answers = { values: Float32Array.from({ length: count }, (_, i) => (i * i) % 2), shape: [count, 1] };
const numbers = {
  values: Float32Array.from({ length: count * 2 }, (_, i) => 1000 + Math.cos(3 * i)),
  shape: [count, 2],
};
const weights = { values: Float32Array.from({ length: count }, (_, i) => (i % 3) / 2), shape: [count] };

const model = (units: number): TrainerOptions['model'] => {
  return () => sequential({ layers: [layers.dense({ units, inputShape: [3] })] });
};
const areas = [rocAuc(), averagePrecision()];
const kinds = [
  [
    'classes',
    {
      model: model(4),
      loss: softmaxCrossEntropy(),
      metrics: [
        precision(),
        recall(),
        f1({ average: 'each', classNames: ['a', 'b', 'c', 'd'] }),
        confusionMatrix(),
        ...areas,
      ],
    },
    indices,
  ],
  [
    'answers',
    {
      model: model(1),
      loss: sigmoidCrossEntropy(),
      metrics: [precision(), recall(), f1(), confusionMatrix(), ...areas],
    },
    answers,
  ],
  [
    'numbers',
    {
      model: model(2),
      loss: meanSquaredError(),
      metrics: [r2(), meanAbsoluteError(), rootMeanSquaredError()],
    },
    numbers,
  ],
] as const satisfies readonly (readonly [string, Partial<TrainerOptions>, unknown])[];

function make(way: Way, options: Partial<TrainerOptions>, plugin: Plugin = { name: 'none' }): Trainer {
  return way.tinyTrainer([{ ...plugin, name: 'watch' }], {
    optimizer: sgd({ learningRate: 0.001 }),
    ...options,
  });
}

const seen = new Map<string, unknown>();

describe.each(await presentWays())('metrics in a run, $name,', (way) => {
  it.each(kinds)(
    'are the same after a save in the middle of an epoch, %s',
    async (kind, options, targets) => {
      const data = arrayDataset({ inputs, targets, batchSize: 4, shuffle: true });
      const validation = arrayDataset({ inputs, targets, weights, batchSize: 5 });
      const unbroken = make(way, options);
      const whole = await unbroken.fit(data, { epochs: 2, validation });
      const first = make(way, options, {
        name: 'stop',
        onStepEnd: ({ run, step }) => void (step === 3 && run.stop('enough')),
      });
      await first.fit(data, { epochs: 2 });
      const second = make(way, options);
      await second.restore(structuredClone(await first.save()));
      const rest = await second.fit(data, { epochs: 2, validation });
      expect(rest.epochs).toEqual(whole.epochs);
      expect(rest.epochs.map(tablesOf)).toEqual(whole.epochs.map(tablesOf));
      for (const trainer of [unbroken, first, second]) trainer.dispose();

      // Op by op and captured, on the same device, to the bit.
      const device = way.name.replace(/^(op by op|captured) /, '');
      const key = `${kind} ${device}`;
      const figures = [whole.epochs, whole.epochs.map(tablesOf)];
      if (seen.has(key)) expect(figures).toEqual(seen.get(key));
      seen.set(key, figures);
    },
  );

  it.each(kinds)('do not depend on batches, padding or zero weights, %s', async (_, options, targets) => {
    const data = (batchSize: number): ReturnType<typeof arrayDataset> =>
      arrayDataset({ inputs, targets, weights, batchSize });
    const trainer = make(way, options);
    const whole = await trainer.evaluate(data(count));
    const parts = [data(1), data(4), rebatch(data(4), { padLast: true, padTarget: 0 })];
    for (const part of parts) {
      const logs = await trainer.evaluate(part);
      expect(Object.keys(logs)).toEqual(Object.keys(whole));
      for (const [name, value] of Object.entries(whole)) {
        expect(Math.abs(logs[name]! - value)).toBeLessThan(1e-5 * Math.max(1, Math.abs(value)));
      }
      expect(tablesOf(logs)).toEqual(tablesOf(whole));
    }
    trainer.dispose();
  });

  it('do not count labels that the metric ignores', async () => {
    const ignoring = { model: model(4), loss: softmaxCrossEntropy() };
    const ignoreIndex = 2;
    const metrics = [f1({ ignoreIndex }), confusionMatrix({ ignoreIndex }), rocAuc({ ignoreIndex })];
    const trainer = make(way, { ...ignoring, metrics });
    const logs = await trainer.evaluate(arrayDataset({ inputs, targets: indices, batchSize: 4 }));
    const { values } = tablesOf(logs)['confusionMatrix']!;
    expect(values[2]).toEqual([0, 0, 0, 0]);
    expect(values.flat().reduce((sum, one) => sum + one, 0)).toBe(
      indices.values.filter((label) => label !== 2).length,
    );
    trainer.dispose();
  });

  it('leave no tensor behind', async () => {
    const [, options, targets] = kinds[0];
    const data = arrayDataset({ inputs, targets, batchSize: 4 });
    const trainer = make(way, options);
    await trainer.fit(data, { epochs: 1, validation: data });
    const before = tf.memory().numTensors;
    await trainer.fit(data, { epochs: 3, validation: data });
    expect(tf.memory().numTensors).toBe(before);
    trainer.dispose();
  });
});
