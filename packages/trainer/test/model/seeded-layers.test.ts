import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import type { HostBatch } from '@cantrip/ops';
import { expectClose, presentDevices, tinyData, tinyTrainer, weightsOf } from '@cantrip/testing';
import type { AnyPlugin, BatchSource } from '@cantrip/trainer';
import { describe, expect, it } from 'vitest';
import golden from '../golden/dropout.json' with { type: 'json' };
import {
  drop,
  type Layer,
  moments,
  ones,
  outputsOf,
  passing,
  sequential,
  size,
  watched,
} from '../watched-trainer.ts';

/** A layer that is called twice, its outputs side by side: the second call's first, as tfjs-layers computes them. */
function twice(layer: Layer): tfl.LayersModel {
  const input = tfl.input({ shape: [size] });
  const calls = [layer.apply(input), layer.apply(input)] as tfl.SymbolicTensor[];
  const joined = tfl.layers.concatenate().apply(calls) as tfl.SymbolicTensor;
  return tfl.model({ inputs: input, outputs: passing(2 * size).apply(joined) as tfl.SymbolicTensor });
}

const { alphaDropout, ...drawn } = golden.cases;
const layerOf: Readonly<Record<keyof typeof drawn, () => Layer>> = {
  dropout: () => tfl.layers.dropout({ rate: 0.25, name: 'drop' }),
  'an automatic name': () => tfl.layers.dropout({ rate: 0.5 }),
  gaussianNoise: () => tfl.layers.gaussianNoise({ stddev: 0.5, name: 'noise' }),
};
const cases = Object.entries(drawn) as [keyof typeof layerOf, { outputs: number[][] }][];
const devices = await presentDevices(['tensorflow', 'wasm', 'cpu']);
const runs = devices.flatMap((device) => [
  { how: 'op by op', device, capture: false },
  ...(device === 'tensorflow' ? [{ how: 'captured', device, capture: true }] : []),
]);

describe.each(runs)('dropout and noise layers on $device, $how', ({ device, capture }) => {
  it.each(cases)(
    "draw TensorFlow's numbers by name and step, and others when called again: %s",
    async (name, { outputs }) => {
      const got = await outputsOf({ model: () => twice(layerOf[name]()), device, capture });
      const inOrder = got.map((step) => [step.slice(size), step.slice(0, size)]);
      expectClose(inOrder.flat(2), outputs, golden.tolerance);
      expect(new Set(inOrder.flat().map(String)).size).toBe(6);
    },
  );
});

const rows = 2000;
describe('dropout and noise layers', () => {
  const make: readonly (readonly [string, () => Layer])[] = [
    ['dropout', () => tfl.layers.dropout({ rate: 0.25 })],
    ['dropout with a noise shape', () => tfl.layers.dropout({ rate: 0.25, noiseShape: [1, rows, 1] })],
    ['spatialDropout1d', () => tfl.layers.spatialDropout1d({ rate: 0.25 })],
    ['gaussianNoise', () => tfl.layers.gaussianNoise({ stddev: 0.5 })],
    ['gaussianDropout', () => tfl.layers.gaussianDropout({ rate: 0.25 })],
  ];
  const input = (): Layer => tfl.layers.inputLayer({ inputShape: [rows, size] });

  it.each(make)("make of ones what tfjs-layers' own %s makes, by other numbers", async (name, layer) => {
    const model = (): tfl.LayersModel => sequential(input(), layer());
    const [drawn] = await outputsOf({ model }, { steps: 1, shape: [rows, size] });
    const stock = tf.tidy(() =>
      Array.from((model().apply(tf.ones([1, rows, size]), { training: true }) as tf.Tensor).dataSync()),
    );
    expect(drawn).not.toEqual(stock);
    // Twelve draws in all would make no statistics.
    if (name !== 'spatialDropout1d') {
      // Both are random. A noise shape draws once a row, so the means differ by 0.018 (one standard deviation).
      const absolute = name.endsWith('noise shape') ? 0.1 : 0.04;
      expectClose(moments(drawn!), moments(stock), { absolute });
    }
    if (name.startsWith('gaussian')) return;
    // Of the few channels, all may be kept or dropped.
    const values = new Set([...drawn!, ...stock].map((value) => value.toFixed(5)));
    expect([...values].sort()).toEqual(['0.00000', '1.33333']);
  });

  it.each(make.filter(([name]) => name.endsWith('ropout')))(
    'of the rate 0 or 1 change nothing, as in tfjs-layers: %s',
    async (_name, layer) => {
      for (const rate of [0, 1]) {
        const model = (): tfl.LayersModel =>
          sequential(tfl.layers.inputLayer({ inputShape: [size] }), Object.assign(layer(), { rate }));
        expect(await outputsOf({ model }, { steps: 1 })).toEqual([new Array(size).fill(1)]);
      }
    },
  );

  it('keep their noise shape: whole rows, whole channels', async () => {
    const rowsOf = async (layer: Layer): Promise<number[][]> => {
      const model = (): tfl.LayersModel =>
        sequential(tfl.layers.inputLayer({ inputShape: [9, size] }), layer);
      const [flat] = await outputsOf({ model }, { steps: 1, shape: [9, size] });
      return Array.from({ length: 9 }, (_, row) => flat!.slice(row * size, (row + 1) * size));
    };
    const wholeRows = await rowsOf(tfl.layers.dropout({ rate: 0.5, noiseShape: [1, 9, 1] }));
    expect(wholeRows.map((row) => new Set(row).size)).toEqual(new Array(9).fill(1));
    expect(new Set(wholeRows.flat())).toEqual(new Set([0, 2]));
    const wholeChannels = await rowsOf(tfl.layers.spatialDropout1d({ rate: 0.5 }));
    expect(new Set(wholeChannels.map(String)).size).toBe(1);
    expect(new Set(wholeChannels.flat())).toEqual(new Set([0, 2]));
  });

  it("drop to the negative saturation in alpha dropout, as PyTorch does and tfjs-layers' own, of wrong sign, does not", async () => {
    const layer = (): Layer => tfl.layers.alphaDropout({ rate: 0.25, inputShape: [rows, size] });
    const [outputs] = await outputsOf(
      { model: () => sequential(layer()) },
      { steps: 1, shape: [rows, size] },
    );
    const values = [...new Set(outputs)].sort((a, b) => a - b);
    expectClose(values, alphaDropout.values, golden.tolerance);
    const dropped = outputs!.filter((value) => value === values[0]).length / outputs!.length;
    expect(Math.abs(dropped - alphaDropout.rate)).toBeLessThan(0.02);
    const stock = tf.tidy(() =>
      Array.from((layer().apply(tf.ones([1, rows, size]), { training: true }) as tf.Tensor).dataSync()),
    );
    expect(Math.min(...stock)).toBeGreaterThan(0);
  });

  it('with a seed of their own draw a new mask in each step, and keep that seed in their configuration', async () => {
    const layer = drop({ seed: 5 });
    const drawn = await outputsOf({ model: () => sequential(layer) });
    expect(new Set(drawn.map(String)).size).toBe(3);
    expect(layer.getConfig()['seed']).toBe(5);
  });

  it('draw the same in a second run, and after resuming at any step', async () => {
    const model = (): tfl.LayersModel => sequential(drop());
    const unbroken = await outputsOf({ model }, { steps: 4 });
    expect(await outputsOf({ model }, { steps: 4 })).toEqual(unbroken);
    for (const step of [1, 3]) {
      const stop: AnyPlugin = {
        name: 'stop',
        onStepEnd: (context) => void (context.step === step && context.run.stop('to be resumed')),
      };
      const first = watched({ model, plugins: [stop] });
      await first.trainer.fit(ones(4, [size]), { epochs: 1 });
      const second = watched({ model, plugins: [{ name: 'stop' }] });
      await second.trainer.restore(await first.trainer.save());
      await second.trainer.fit(ones(4, [size]), { epochs: 1 });
      expect([...first.outputs, ...second.outputs]).toEqual(unbroken);
    }
  });

  it('do not shift when a plugin or another layer draws too', async () => {
    const alone = await outputsOf({ model: () => sequential(drop()) });
    const noisy: AnyPlugin = {
      name: 'noisy',
      transformBatch: (batch, { random }) => {
        random('noisy').normal([99]);
        // What draws on the host shifts nothing either.
        tf.randomUniform([5]);
        return batch;
      },
    };
    const busy = (): tfl.LayersModel =>
      sequential(
        tfl.layers.gaussianNoise({ stddev: 1, inputShape: [size] }),
        tfl.layers.activation({ activation: 'sigmoid' }),
        drop({ inputShape: undefined }),
      );
    const together = await outputsOf({ model: busy, plugins: [noisy] });
    expect(together.map((step) => step.map(Math.sign))).toEqual(alone.map((step) => step.map(Math.sign)));
  });

  it('and initial weights and the order of the data stay as they are when an augmentation is added', async () => {
    const run = async (plugins: readonly AnyPlugin[]): Promise<unknown> => {
      const order: unknown[] = [];
      const data = tinyData();
      const noted: BatchSource = {
        ...data,
        *batches(request) {
          for (const batch of data.batches(request) as Iterable<HostBatch>) {
            order.push(batch.targets);
            yield batch;
          }
        },
      };
      const still: AnyPlugin = { name: 'still', scheduleLearningRate: () => 0 };
      const trainer = tinyTrainer([still, ...plugins]);
      await trainer.fit(noted, { epochs: 2 });
      const weights = await weightsOf(trainer);
      trainer.dispose();
      const drawn = Object.entries(weights).filter(([name]) => !name.includes('moving'));
      return { order, drawn };
    };
    const augmenting: AnyPlugin = {
      name: 'augmenting',
      transformBatch: ({ inputs, ...batch }, { random }) => {
        const given = inputs as tf.Tensor;
        return { ...batch, inputs: tf.add(given, random('augmenting').normal(given.shape)) };
      },
    };
    expect(await run([augmenting])).toEqual(await run([]));
  });

  it('are reached in nested models and in wrappers, each by the name of its place', async () => {
    const nested = (): tfl.LayersModel =>
      sequential(tfl.sequential({ name: 'inner', layers: [drop()] }) as unknown as Layer);
    const wrapped = (): tfl.LayersModel =>
      sequential(
        tfl.layers.reshape({ targetShape: [3, 4], inputShape: [size] }),
        tfl.layers.timeDistributed({ layer: tfl.layers.dropout({ rate: 0.5, seed: 3 }) }),
        tfl.layers.flatten(),
      );
    const masks = [];
    for (const model of [nested, wrapped, () => sequential(drop())])
      masks.push(...(await outputsOf({ model })));
    expect(new Set(masks.map(String)).size).toBe(9);
    expect(new Set(masks.flat())).toEqual(new Set([0, 2]));
    expect(await outputsOf({ model: wrapped })).toEqual(masks.slice(3, 6));
  });

  it('are left alone outside of steps, and as they were once the trainer is disposed', async () => {
    const layer = drop({ seed: 5 });
    const model = sequential(layer);
    const before = Object.getPrototypeOf(layer) as object;
    const applied = (): number[] =>
      tf.tidy(() =>
        Array.from((model.apply(tf.ones([1, size]), { training: true }) as tf.Tensor).dataSync()),
      );
    const stock = applied();
    const trainers = [watched({ model }), watched({ model })];
    for (const { trainer } of trainers) await trainer.fit(ones(2, [size]), { epochs: 1 });
    expect(trainers[0]!.outputs).toEqual(trainers[1]!.outputs);
    expect(applied()).toEqual(stock);
    expect(await trainers[0]!.trainer.predict(tf.ones([1, size]))).toSatisfy((output: tf.Tensor) =>
      output.dataSync().every((value) => value === 1),
    );
    for (const { trainer } of trainers) trainer.dispose();
    expect(Object.getPrototypeOf(layer)).toBe(before);
    expect(Object.hasOwn(layer, 'call')).toBe(false);
  });

  it('of a class that changes the call are left alone', async () => {
    class Own extends (drop().constructor as new (options: object) => Layer) {
      static readonly className = 'Own';
      override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
        return tf.div(Array.isArray(inputs) ? inputs[0]! : inputs, 2);
      }
    }
    const model = (): tfl.LayersModel => sequential(new Own({ rate: 0.5, inputShape: [size] }));
    expect(new Set((await outputsOf({ model })).flat())).toEqual(new Set([0.5]));
  });
});
