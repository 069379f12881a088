// Besides the cpu backend: the chained ops, which initializers.orthogonal calls.
import '@tensorflow/tfjs';
import { seedEverything, type SeedReach } from '@cantrip/seed';
import * as tf from '@tensorflow/tfjs-core';
import * as tfd from '@tensorflow/tfjs-data';
import * as tfl from '@tensorflow/tfjs-layers';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';

const original = Object.getOwnPropertyDescriptor(Math, 'random')!;
const numbers = (result: unknown): number[] => [...(result as tf.Tensor).dataSync()];

beforeAll(async () => {
  await tf.setBackend('cpu');
});
afterEach(() => expect(Object.getOwnPropertyDescriptor(Math, 'random')).toEqual(original));

function under<T>(seed: number, draw: () => T): T {
  const undo = seedEverything(seed);
  try {
    return draw();
  } finally {
    undo();
  }
}

const trained = (layer: tfl.layers.Layer): number[] =>
  numbers(layer.apply(tf.ones([40]), { training: true }));
const shuffled = (shuffle: (values: number[]) => void): number[] => {
  const values = Array.from({ length: 40 }, (_value, i) => i);
  shuffle(values);
  return values;
};

const drawing: Record<string, () => readonly number[]> = {
  'Math.random': () => [Math.random(), Math.random()],
  'tf.randomUniform': () => numbers(tf.randomUniform([40])),
  'tf.randomUniform with seed 0': () => numbers(tf.randomUniform([40], 0, 1, 'float32', 0)),
  'tf.randomUniformInt': () => numbers(tf.randomUniformInt([40], 0, 1000)),
  'tf.randomNormal': () => numbers(tf.randomNormal([40])),
  'tf.randomNormal with seed 0, which it takes for none': () =>
    numbers(tf.randomNormal([40], 0, 1, 'float32', 0)),
  'tf.randomStandardNormal': () => numbers(tf.randomStandardNormal([40])),
  'tf.truncatedNormal': () => numbers(tf.truncatedNormal([40])),
  'tf.randomGamma': () => numbers(tf.randomGamma([40], 2)),
  'tf.multinomial': () => numbers(tf.multinomial(tf.zeros<tf.Rank.R1>([50]), 40)),
  'tf.dropout': () => numbers(tf.dropout(tf.ones([40]), 0.5)),
  'tf.util.shuffle': () => shuffled((values) => tf.util.shuffle(values)),
  'tf.util.shuffleCombo': () => shuffled((values) => tf.util.shuffleCombo(values, [...values])),
  'tf.util.createShuffledIndices': () => [...tf.util.createShuffledIndices(40)],
  'layers.dropout': () => trained(tfl.layers.dropout({ rate: 0.5 })),
  'layers.spatialDropout1d': () =>
    numbers(
      tfl.layers.spatialDropout1d({ rate: 0.5 }).apply(tf.ones([1, 2, 40]), { training: true }) as tf.Tensor,
    ),
  'layers.gaussianNoise': () => trained(tfl.layers.gaussianNoise({ stddev: 1 })),
  'layers.gaussianDropout': () => trained(tfl.layers.gaussianDropout({ rate: 0.5 })),
  'layers.alphaDropout': () => trained(tfl.layers.alphaDropout({ rate: 0.5 })),
};
for (const name of [
  'glorotNormal',
  'glorotUniform',
  'heNormal',
  'heUniform',
  'leCunNormal',
  'leCunUniform',
  'orthogonal',
  'randomNormal',
  'randomUniform',
  'truncatedNormal',
] as const) {
  drawing[`initializers.${name}`] = () => numbers(tfl.initializers[name]({}).apply([6, 6]));
}

it('seedEverything sets no environment variable', () => {
  const before = { ...process.env };
  under(42, () => tf.randomUniform([2]).dispose());
  expect({ ...process.env }).toEqual(before);
});

describe('seedEverything', () => {
  it.each(Object.entries(drawing).filter(([name]) => !name.includes('tf.randomUniform with seed 0')))(
    'makes %s follow the seed',
    (_name, draw) => {
      const drawn = under(42, draw);
      expect(under(42, draw)).toEqual(drawn);
      expect(under(43, draw)).not.toEqual(drawn);
    },
  );

  it('leaves tf.randomUniform with seed 0 to its own seed, which it takes', () => {
    const draw = drawing['tf.randomUniform with seed 0']!;
    expect(under(43, draw)).toEqual(under(42, draw));
  });

  it('leaves an op with a seed of its own to that seed', () => {
    const draw = (): number[] => numbers(tf.randomNormal([4], 0, 1, 'float32', 5));
    expect(under(43, draw)).toEqual(draw());
  });

  it('makes the order of model.fit follow the seed', async () => {
    const fit = async (seed: number): Promise<number[]> => {
      const undo = seedEverything(seed);
      try {
        const layer = tfl.layers.dense({ units: 1, kernelInitializer: 'ones', inputShape: [1] });
        const model = tfl.sequential({ layers: [layer] });
        model.compile({ optimizer: tf.train.sgd(0.01), loss: 'meanSquaredError' });
        await model.fit(tf.reshape(tf.linspace(0, 1, 8), [8, 1]), tf.ones([8, 1]), {
          batchSize: 2,
          verbose: 0,
        });
        return model.getWeights().flatMap(numbers);
      } finally {
        undo();
      }
    };
    expect(await fit(1)).toEqual(await fit(1));
    expect(await fit(2)).not.toEqual(await fit(1));
  });

  it('gives each layer of a model other weights', () => {
    const [first, second] = under(42, () =>
      [1, 2].map(() => numbers(tfl.initializers.heNormal({}).apply([4, 4]))),
    );
    expect(first).not.toEqual(second);
  });

  it('takes 0 as a seed, and the largest safe integer', () => {
    expect(under(0, Math.random)).not.toBe(under(1, Math.random));
    expect(under(Number.MAX_SAFE_INTEGER, () => Math.random())).toBeLessThan(1);
  });

  it('does nothing when it is undone twice', () => {
    const undo = seedEverything(1);
    undo();
    undo();
    expect(Math.random).toBe(original.value);
  });

  it('goes on with the seed that is not undone, whatever the order of undoing', () => {
    const undoFirst = seedEverything(1);
    const undoSecond = seedEverything(2);
    undoFirst();
    expect(Math.random()).toBe(under(2, () => Math.random()));
    undoSecond();
  });

  it('reaches the shuffle of tf.data when it is given, and otherwise not', async () => {
    const order = async (reach?: SeedReach, seed?: string): Promise<number[]> => {
      const undo = seedEverything(42, reach);
      const values = tfd.array(Array.from({ length: 60 }, (_value, i) => i));
      const result = await values.shuffle(60, seed).toArray();
      undo();
      return result;
    };
    const first = await order();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await order()).not.toEqual(first);
    const seeded = await order({ data: tfd });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await order({ data: tfd })).toEqual(seeded);
    expect(await order({ data: tfd }, '7')).toEqual(await order({}, '7'));
  });

  it('shuffles tf.data in another order in each epoch, and in another for another seed', async () => {
    const epochs = async (seed: number): Promise<number[][]> => {
      const undo = seedEverything(seed, { data: tfd });
      const values = tfd.array(Array.from({ length: 60 }, (_value, i) => i)).shuffle(60);
      const orders = [await values.toArray(), await values.toArray()];
      undo();
      return orders;
    };
    const [first, second] = await epochs(1);
    expect(first).not.toEqual(second);
    expect(await epochs(1)).toEqual([first, second]);
    expect((await epochs(2))[0]).not.toEqual(first);
  });

  it('gives tf.data back its own shuffle when the last seed that reached it is undone', () => {
    const own = Object.getOwnPropertyDescriptor(tfd.Dataset.prototype, 'shuffle')!;
    const [first, second] = [1, 2].map((seed) => seedEverything(seed, { data: tfd }));
    first!();
    first!();
    expect(tfd.Dataset.prototype.shuffle).not.toBe(own.value);
    second!();
    expect(Object.getOwnPropertyDescriptor(tfd.Dataset.prototype, 'shuffle')).toEqual(own);
  });

  it.each([null, {}, { Dataset: {} }, { Dataset: class {} }, 'tf.data'])('refuses %j for tf.data', (bad) => {
    expect(() => seedEverything(1, { data: bad as never })).toThrow(
      /^\[seedEverything\] data must be the module tf\.data .*\(OPTION_INVALID\)$/,
    );
    expect(Math.random).toBe(original.value);
  });

  it.each([-1, 1.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, '42', null, 42n])(
    'refuses the seed %s',
    (bad) => {
      expect(() => seedEverything(bad as number)).toThrow(
        /^\[seedEverything\] seed must be an integer in \[0, 2\^53\), got .*\(OPTION_INVALID\)$/,
      );
      expect(Math.random).toBe(original.value);
    },
  );
});
