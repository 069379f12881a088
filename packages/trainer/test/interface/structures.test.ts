import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import type { AnyPlugin, HostContext, Plugin } from '@cantrip/trainer';
import {
  expectSameTraining,
  followTraining,
  presentDevices,
  presentWays,
  tinyData,
  tinyTrainer,
  weightsOf,
} from '@cantrip/testing';
import { describe, expect, it } from 'vitest';

/** Any size of image: the mean over the places comes before the classes. */
const anySize = (): ReturnType<typeof sequential> =>
  sequential({
    layers: [
      layers.conv2d({ filters: 4, kernelSize: 3, inputShape: [null as never, null as never, 1] }),
      layers.globalAveragePooling2d({}),
      layers.dense({ units: 3 }),
    ],
  });

/** Trains on small images in epochs 0 and 2 and on large ones in 1 and 3. */
const resizing = (): AnyPlugin => {
  const sizeAt = ({ epoch }: Pick<HostContext, 'epoch'>): number => (epoch % 2 === 0 ? 4 : 6);
  const plugin: Plugin<Record<string, unknown>, void, { size: number }> = {
    name: 'resizing',
    setup: () => ({ locals: { size: 4 } }),
    onStepBegin: (context) => void (context.locals.size = sizeAt(context)),
    structure: ({ locals }) => `${locals.size}`,
    transformBatch: (batch, { locals }) => ({
      ...batch,
      inputs: tf.image.resizeBilinear(batch.inputs as tf.Tensor4D, [locals.size, locals.size]),
    }),
  };
  return plugin;
};

const biasesFrom = (epoch: number): AnyPlugin => ({
  name: 'biases',
  transformVariables: (variables, { epoch: now }) =>
    Object.fromEntries(Object.entries(variables).filter(([name]) => now >= epoch || !name.endsWith('/bias'))),
});

describe.each(await presentWays())('structures $name', ({ tinyTrainer }) => {
  it('train other variables from an epoch on, without a word to the trainer', async () => {
    const trainer = tinyTrainer([biasesFrom(1)]);
    const bias = async (): Promise<unknown> =>
      Object.entries(await weightsOf(trainer)).find(([name]) => name.endsWith('/bias'));
    await trainer.open();
    const before = await bias();
    await trainer.fit(tinyData(), { epochs: 1 });
    expect(await bias()).toEqual(before);
    await trainer.fit(tinyData(), { epochs: 2 });
    expect(await bias()).not.toEqual(before);
    trainer.dispose();
  });

  it('go on to the same bits after save and restore', async () => {
    const make = (): ReturnType<typeof tinyTrainer> =>
      tinyTrainer([resizing(), biasesFrom(1)], { model: anySize });
    const whole = make();
    await whole.fit(tinyData(), { epochs: 4 });
    const first = make();
    await first.fit(tinyData(), { epochs: 1 });
    const second = make();
    await second.restore(await first.save());
    await second.fit(tinyData(), { epochs: 4 });
    expect(await weightsOf(second)).toEqual(await weightsOf(whole));
    for (const trainer of [whole, first, second]) trainer.dispose();
  });
});

const [device] = await presentDevices(['tensorflow']);

it('a structure that is no text is refused by plugin', async () => {
  for (const wrong of [28, undefined, Promise.resolve('28')]) {
    const trainer = tinyTrainer([{ name: 'wrong', structure: () => wrong as never }]);
    await expect(trainer.fit(tinyData(), { epochs: 1 })).rejects.toThrow(
      wrong instanceof Promise
        ? /^\[wrong\].*HOOK_ASYNC/
        : /^\[wrong\] structure must return text, got (28|undefined)/,
    );
    trainer.dispose();
  }
});

describe.skipIf(!device)('a captured step', () => {
  const recordings = async (plugins: readonly AnyPlugin[]): Promise<number> => {
    let count = 0;
    const counter: AnyPlugin = {
      name: 'counter',
      onStepEnd: ({ recording }) => void (count += recording?.count ?? 0),
    };
    const options = { device: 'tensorflow', model: anySize } as const;
    const captured = await followTraining(
      [...plugins, counter],
      { ...options, capture: true },
      { epochs: 4 },
    );
    expectSameTraining(
      captured,
      await followTraining(plugins, { ...options, capture: false }, { epochs: 4 }),
    );
    return count;
  };

  it('goes back and forth between structures without being recorded anew', async () => {
    expect(await recordings([resizing()])).toBe(2);
  });

  it('is recorded once for each set of variables that are trained', async () => {
    expect(await recordings([biasesFrom(2)])).toBe(2);
  });
});
