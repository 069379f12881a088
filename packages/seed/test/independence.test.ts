import { presentWays, tinyData, weightsOf } from '@cantrip/testing';
import { seed } from '@cantrip/seed';
import type { AnyPlugin, BatchSource, Plugin } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

const ways = await presentWays();

/** Noise on every batch, from a stream of its own. */
const augmentation: Plugin = {
  name: 'augmentation',
  transformBatch: ({ inputs, targets }, { random }) => {
    const image = inputs as tf.Tensor;
    return { inputs: tf.add(image, random('augmentation').normal(image.shape)), targets };
  },
};

/** Draws much, in every way that there is, and changes nothing. */
const drawing: Plugin = {
  name: 'drawing',
  transformBatch: (batch, { random }) => {
    random('drawing').uniform([1000]);
    return batch;
  },
  prepare: () => void [Math.random(), Math.random()],
  setup: () => void Math.random(),
  scheduleScalars: (scalars) => (Math.random(), scalars),
  onStepEnd: () => void Math.random(),
};

interface Seen {
  readonly initial: unknown;
  readonly order: readonly number[];
  readonly trained: unknown;
}

describe.each(ways)('a training $name', ({ tinyTrainer }) => {
  async function seen(plugins: readonly AnyPlugin[]): Promise<Seen> {
    const trainer = tinyTrainer([seed({ value: 11 }), ...plugins]);
    await trainer.open();
    const initial = await weightsOf(trainer);
    const order: number[] = [];
    await trainer.fit(watched(order), { epochs: 2 });
    const trained = await weightsOf(trainer);
    trainer.dispose();
    return { initial, order, trained };
  }

  it('keeps its initial weights and its order of examples when augmentation is added', async () => {
    const [without, added] = [await seen([]), await seen([augmentation])];
    expect(added.initial).toEqual(without.initial);
    expect(added.order).toEqual(without.order);
    expect(added.trained).not.toEqual(without.trained);
  });

  it('keeps every bit when a plugin is added that only draws', async () => {
    expect(await seen([drawing, augmentation])).toEqual(await seen([augmentation]));
    expect(await seen([augmentation, drawing])).toEqual(await seen([augmentation]));
  });
});

/** The tiny data; notes which example comes when, by its first pixel, which no two share. */
function watched(order: number[]): BatchSource {
  const { stepsPerEpoch, batches } = tinyData();
  return {
    stepsPerEpoch,
    *batches(request) {
      for (const batch of batches(request) as Iterable<{ inputs: { values: Float32Array } }>) {
        for (let first = 0; first < batch.inputs.values.length; first += 36)
          order.push(batch.inputs.values[first]!);
        yield batch as never;
      }
    },
  };
}

describe('a training op by op whose plugins draw from Math.random in the step', () => {
  const op = ways.find(({ captured }) => !captured)!;
  const noisy = (name: string, draws: number): Plugin => ({
    name,
    transformBatch: ({ inputs, targets }) => {
      const noise = Array.from({ length: draws }, () => Math.random())[0] ?? 0;
      return { inputs: tf.add(inputs as tf.Tensor, tf.scalar(noise)), targets };
    },
  });
  const inputsAfter = async (draws: number): Promise<number[]> => {
    const differences: number[] = [];
    let before: tf.Tensor;
    const reading: Plugin = {
      name: 'reading',
      transformBatch: (batch) => ((before = tf.keep(tf.clone(batch.inputs as tf.Tensor))), batch),
    };
    let after: tf.Tensor;
    const last: Plugin = {
      name: 'last',
      transformBatch: (batch) => ((after = tf.keep(tf.sub(batch.inputs as tf.Tensor, before))), batch),
      onStepEnd: () => {
        differences.push(after.dataSync()[0]!);
        tf.dispose([before, after]);
      },
    };
    const trainer = op.tinyTrainer([
      seed({ value: 11 }),
      noisy('first', draws),
      reading,
      noisy('second', 1),
      last,
    ]);
    await trainer.fit(tinyData(), { epochs: 1 });
    trainer.dispose();
    return differences;
  };

  it('gives each its own numbers: one that draws more shifts none of another', async () => {
    const noise = await inputsAfter(1);
    const more = await inputsAfter(50);
    more.forEach((value, step) => expect(value).toBeCloseTo(noise[step]!, 6));
    expect(new Set(noise.map((value) => value.toFixed(5))).size).toBe(3);
  });
});
