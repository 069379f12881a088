import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { presentDevices } from '@cantrip/testing';
import type { AnyPlugin, ModelFunction, TrainerOptions } from '@cantrip/trainer';
import { describe, expect, it } from 'vitest';
import { ones, unit, watchedLosses } from './state-trainer.ts';

const [device] = await presentDevices(['tensorflow']);

class Caching extends tfl.layers.Layer {
  private cache: tf.Tensor | undefined;
  static get className(): string {
    return 'Caching';
  }
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [x] = [inputs].flat() as [tf.Tensor];
    const { cache } = this;
    this.cache = tf.keep(cache ? tf.add(cache, x) : tf.clone(x));
    cache?.dispose();
    return tf.clone(this.cache);
  }
}

class Counting extends tfl.layers.Layer {
  private calls = 0;
  static get className(): string {
    return 'Counting';
  }
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.mul([inputs].flat()[0]!, ++this.calls);
  }
}

/** Doubles what it is given from its fourth call on: nothing of that is in what it does before. */
class Patient extends tfl.layers.Layer {
  private calls = 0;
  static get className(): string {
    return 'Patient';
  }
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.mul([inputs].flat()[0]!, ++this.calls < 4 ? 1 : 2);
  }
}

const plugin = (
  hook: 'transformLoss' | 'transformOutputs',
  make: () => (x: tf.Tensor) => tf.Tensor,
): AnyPlugin => {
  const change = make();
  return { name: 'odd', [hook]: change };
};
const layered = (layer: tfl.layers.Layer): Partial<TrainerOptions> => ({
  model: () => tfl.sequential({ layers: [unit(), layer] }),
});

/** What the loss is in each step, by hand, where input and target give 1. */
const cases: readonly (readonly [string, () => Partial<TrainerOptions>, readonly number[], RegExp])[] = [
  [
    'a moving average that a plugin keeps in a closure',
    () => {
      let average: tf.Tensor = tf.scalar(0);
      const averaged = (x: tf.Tensor): tf.Tensor => {
        const before = average;
        average = tf.keep(tf.add(tf.mul(before, 0.5), tf.mul(x, 0.5)));
        before.dispose();
        return tf.clone(average);
      };
      return { plugins: [plugin('transformLoss', () => averaged)] };
    },
    [0.5, 0.75, 0.875, 0.9375, 0.96875],
    /\[odd\] in transformLoss, the step keeps a new tensor of shape \[\].*CAPTURE_STATE/,
  ],
  [
    'a sum that a layer keeps',
    () => layered(new Caching({ name: 'hoard' })),
    [1, 4, 9, 16, 25],
    /in the layer hoard, the step keeps a new tensor of shape \[1, 1\].*CAPTURE_STATE/,
  ],
  [
    'a number that a layer counts',
    () => layered(new Counting({ name: 'ticker' })),
    [1, 4, 9, 16, 25],
    /in the layer ticker, the step changes calls at each run.*CAPTURE_STATE/,
  ],
  [
    'a layer that does something else after some calls',
    () => layered(new Patient({ name: 'patient' })),
    [1, 1, 1, 4, 4],
    /in the layer patient, the step changes calls at each run.*CAPTURE_STATE/,
  ],
  [
    'a number that a plugin counts',
    () => ({
      plugins: [
        plugin('transformLoss', () => {
          let calls = 0;
          return (loss) => tf.mul(loss, ++calls);
        }),
      ],
    }),
    [1, 2, 3, 4, 5],
    /\[odd\] in transformLoss, the step changes calls at each run.*CAPTURE_STATE/,
  ],
  [
    'a tensor that a function model keeps in training',
    () => ({
      model: (): ModelFunction => {
        const weight = tf.variable(tf.ones([1, 1]));
        let state: tf.Tensor = tf.zeros([1, 1]);
        return (x, { training }) => {
          // It is called once before the first step, for the shape of what it gives.
          if (!training) return tf.matMul(x as tf.Tensor, weight);
          const before = state;
          state = tf.keep(tf.add(before, tf.matMul(x as tf.Tensor, weight)));
          before.dispose();
          return tf.clone(state);
        };
      },
    }),
    [1, 4, 9, 16, 25],
    /the step keeps a new tensor of shape \[1, 1\].*CAPTURE_STATE/,
  ],
];

describe.skipIf(!device)('a step with', () => {
  it.each(cases)(
    '%s does by default what it does op by op, and says so once',
    async (_, make, expected, why) => {
      const run = async (capture: 'auto' | false): Promise<readonly [number[], string[]]> => {
        const { trainer, losses, log } = watchedLosses({ ...make(), capture });
        await trainer.fit(ones(5), { epochs: 1 });
        trainer.dispose();
        return [losses, log];
      };
      expect(await run(false)).toEqual([expected, []]);
      const [losses, log] = await run('auto');
      expect(losses).toEqual(expected);
      expect(log).toEqual([expect.stringMatching(why)]);
    },
  );

  it.each(cases)('%s is refused with capture: true', async (_, make, _expected, why) => {
    const { trainer, losses } = watchedLosses({ ...make(), capture: true });
    await expect(trainer.fit(ones(5), { epochs: 1 })).rejects.toThrow(why);
    expect(losses).toEqual([]);
  });

  it('the outputs that a plugin keeps for its next host hook gives those of the step', async () => {
    let last: tf.Tensor | undefined;
    const seen: number[] = [];
    const keeper: AnyPlugin = {
      name: 'keeper',
      transformOutputs(outputs) {
        last?.dispose();
        last = tf.keep(tf.clone(outputs as tf.Tensor));
        return outputs;
      },
      scheduleScalars: (scalars, { step }) => ({ ...scalars, factor: step + 1 }),
      onStepEnd: () => void seen.push(last!.dataSync()[0]!),
    };
    const scaled: AnyPlugin = {
      name: 'scaled',
      transformOutputs: (outputs, { scalars }) => tf.mul(outputs as tf.Tensor, scalars['factor']!),
    };
    const { trainer, log } = watchedLosses({ plugins: [scaled, keeper] });
    await trainer.fit(ones(4), { epochs: 1 });
    expect(seen).toEqual([1, 2, 3, 4]);
    expect(log).toEqual([expect.stringMatching(/\[keeper\] in transformOutputs, .*CAPTURE_STATE/)]);
  });

  it('a mask that its first run keeps is captured, in the third run at the latest', async () => {
    const calls: unknown[] = [];
    let mask: tf.Tensor | undefined;
    const masking = plugin('transformOutputs', () => (outputs) => {
      calls.push(outputs.shape);
      return tf.mul(outputs, (mask ??= tf.keep(tf.scalar(2))));
    });
    const { trainer, losses, log } = watchedLosses({ plugins: [masking] });
    await trainer.fit(ones(6), { epochs: 1 });
    expect([losses, log, calls.length]).toEqual([[4, 4, 4, 4, 4, 4], [], 3]);
  });

  it('no state runs its JavaScript twice, and again where an epoch begins and at its tenth call', async () => {
    const calls: unknown[] = [];
    const counting = plugin('transformOutputs', () => (outputs) => (calls.push(outputs.shape), outputs));
    const { trainer, log } = watchedLosses({ plugins: [counting] });
    await trainer.fit(ones(6), { epochs: 2 });
    expect([calls.length, log]).toEqual([4, []]);
  });
});

describe.skipIf(!device)('state in predictions and evaluations', () => {
  it('is carried as op by op', async () => {
    const figures = async (capture: 'auto' | false): Promise<unknown> => {
      const { trainer } = watchedLosses({ ...layered(new Caching({})), capture });
      const predicted: number[] = [];
      for (let call = 0; call < 3; call++) {
        const output = await trainer.predict({ values: Float32Array.of(1), shape: [1, 1] });
        predicted.push((output as tf.Tensor).dataSync()[0]!);
      }
      return [predicted, await trainer.evaluate(ones(3))];
    };
    const expected = [[1, 2, 3], { loss: (16 + 25 + 36) / 3 }];
    expect(await figures('auto')).toEqual(expected);
    expect(await figures(false)).toEqual(expected);
  });
});
