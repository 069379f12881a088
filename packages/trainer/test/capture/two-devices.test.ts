import { setTimeout } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { type DeviceName, openDevice } from '@cantrip/core-tensor-gpu';
import { sgd } from '@cantrip/optimizers';
import { presentDevices } from '@cantrip/testing';
import type { AnyPlugin, BatchSource, TrainerOptions } from '@cantrip/trainer';
import { describe, expect, it } from 'vitest';
import { ones, type Ran, watchedLosses } from './state-trainer.ts';

const present = await presentDevices(['tensorflow', 'wasm', 'cpu']);
const pairs = present.flatMap((one) =>
  present.filter((other) => other !== one).map((other) => [one, other] as const),
);

const model = (): tfl.LayersModel =>
  tfl.sequential({
    layers: [
      tfl.layers.dense({ units: 4, inputShape: [1], kernelInitializer: 'ones', activation: 'tanh' }),
      tfl.layers.dense({ units: 1, kernelInitializer: 'ones' }),
    ],
  });

/** A trainer that notes on which backend each of its steps ran. */
function training(
  device: DeviceName,
  options: Partial<TrainerOptions> = {},
): Ran & { readonly backends: string[] } {
  const backends: string[] = [];
  const where: AnyPlugin = {
    name: 'where',
    onStepEnd: () => void backends.push(tf.getBackend()),
  };
  const ran = watchedLosses({
    device,
    model,
    optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }),
    ...options,
    plugins: [...(options.plugins ?? []), where],
  });
  return { ...ran, backends };
}

async function alone(device: DeviceName, epochs: number): Promise<readonly number[]> {
  const { trainer, losses } = training(device);
  await trainer.fit(ones(3), { epochs });
  trainer.dispose();
  return losses;
}

function expectClose(actual: readonly number[], expected: readonly number[]): void {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, index) => expect(value).toBeCloseTo(expected[index]!, 5));
}

/** On which backends a trainer's variables lie. */
async function backendsOf({ trainer }: Ran): Promise<(string | undefined)[]> {
  const { run } = await trainer.open();
  const { registry, state } = tf.engine();
  const names = Object.values(run.variables).map(({ dataId }) => {
    const holder = state.tensorInfo.get(dataId)?.backend;
    return Object.keys(registry).find((name) => registry[name] === holder);
  });
  return [...new Set(names)];
}

describe.each(pairs)('a trainer on %s, where %s is set by others,', (own, other) => {
  it('goes on on its own device in the next fit, evaluation, prediction, save and restore', async () => {
    const ran = training(own);
    const { trainer, losses, backends, log } = ran;
    await trainer.fit(ones(3), { epochs: 1 });
    const away = (): Promise<unknown> => openDevice(other);
    await away();
    await trainer.fit(ones(3), { epochs: 2 });
    await away();
    const evaluated = await trainer.evaluate(ones(2));
    await away();
    const saved = await trainer.save();
    await away();
    const output = (await trainer.predict({ values: Float32Array.of(1), shape: [1, 1] })) as tf.Tensor;
    expect(output.dataSync()[0]! ** 2).toBeCloseTo(evaluated['loss']!, 5);
    await away();
    await trainer.restore(saved);
    await trainer.fit(ones(3), { epochs: 3 });
    expectClose(losses, await alone(own, 3));
    expect([new Set(backends), log]).toEqual([new Set([own]), []]);
    expect(await backendsOf(ran)).toEqual([own]);
    trainer.dispose();
  });

  it('does so too where a hook of its own sets it, or moves its variables', async () => {
    const moving: AnyPlugin = {
      name: 'moving',
      async onEpochEnd({ run }) {
        await tf.setBackend(other);
        for (const variable of Object.values(run.variables)) tf.neg(variable).dispose();
      },
      onStepEnd: () => tf.setBackend(other) as unknown as Promise<void>,
    };
    const { trainer, losses, log } = training(own, { plugins: [moving] });
    await trainer.fit(ones(3), { epochs: 3, validation: ones(2) });
    expectClose(losses, await alone(own, 3));
    expect(log).toEqual([]);
    trainer.dispose();
  });

  it('does so too where a timer, or its data, sets it while fit runs', async () => {
    const { trainer, losses, backends, log } = training(own);
    const plain = ones(3);
    const moving: BatchSource = {
      batchesPerEpoch: 3,
      async *batches(request) {
        for await (const batch of plain.batches(request)) {
          await tf.setBackend(other);
          yield batch;
        }
      },
    };
    const timer = setInterval(() => void tf.setBackend(other), 1);
    await trainer.fit(moving, { epochs: 4, validation: moving });
    clearInterval(timer);
    expectClose(losses, await alone(own, 4));
    expect([new Set(backends), log]).toEqual([new Set([own]), []]);
    trainer.dispose();
  });

  it('trains beside one on that device as both do alone', async () => {
    const [one, two] = [training(own), training(other)];
    await Promise.all([
      one.trainer.fit(ones(3), { epochs: 4, validation: ones(2) }),
      two.trainer.fit(ones(3), { epochs: 4, validation: ones(1) }),
    ]);
    expectClose(one.losses, await alone(own, 4));
    expectClose(two.losses, await alone(other, 4));
    expect([...one.log, ...two.log]).toEqual([]);
    expect([new Set(one.backends), new Set(two.backends)]).toEqual([new Set([own]), new Set([other])]);
    one.trainer.dispose();
    two.trainer.dispose();
  });

  it('trains a model whose weights were made there', async () => {
    await openDevice(other);
    const { trainer, losses } = training(own, { model: model() });
    await trainer.fit(ones(3), { epochs: 2 });
    expectClose(losses, await alone(own, 2));
    trainer.dispose();
  });
});

describe('trainers on every device', () => {
  it('train side by side as each does alone, though each waits while its model is built', async () => {
    const slowly = async (): Promise<tfl.LayersModel> => {
      await setTimeout(5);
      return model();
    };
    const all = present.map((device) => training(device, { model: slowly }));
    await Promise.all(all.map(({ trainer }) => trainer.fit(ones(3), { epochs: 3, validation: ones(2) })));
    for (const [index, { losses, log, trainer }] of all.entries()) {
      expectClose(losses, await alone(present[index]!, 3));
      expect(log).toEqual([]);
      trainer.dispose();
    }
  });
});

describe.skipIf(!present.includes('tensorflow'))('a trainer whose device was closed', () => {
  it('says so at every entry, and can be disposed of', async () => {
    const { trainer } = training('tensorflow');
    await trainer.fit(ones(3), { epochs: 1 });
    tf.removeBackend('tensorflow');
    await openDevice('tensorflow');
    const why = /^\[tensorflow\] the device was closed, and the values on it are lost.*\(DEVICE_CLOSED\)$/;
    await expect(trainer.fit(ones(3), { epochs: 2 })).rejects.toThrow(why);
    await expect(trainer.evaluate(ones(3))).rejects.toThrow(why);
    await expect(trainer.predict({ values: Float32Array.of(1), shape: [1, 1] })).rejects.toThrow(why);
    await expect(trainer.save()).rejects.toThrow(why);
    expect(() => trainer.dispose()).not.toThrow();
  });

  it.each([true, false])('says so too where that happens while fit runs, capture %s', async (capture) => {
    const closing: AnyPlugin = {
      name: 'closing',
      onStepEnd: ({ step }) => {
        if (step === 2) tf.removeBackend('tensorflow');
      },
    };
    const { trainer } = training('tensorflow', { capture, plugins: [closing] });
    await expect(trainer.fit(ones(3), { epochs: 2 })).rejects.toThrow(
      /the device was closed, and the values on it are lost.*\(DEVICE_CLOSED\)/,
    );
    expect(() => trainer.dispose()).not.toThrow();
    await openDevice('tensorflow');
  });
});
