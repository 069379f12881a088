import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { sgd } from '@cantrip/optimizers';
import { presentDevices } from '@cantrip/testing';
import type { AnyPlugin, TrainerOptions } from '@cantrip/trainer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ones, unit, watchedLosses } from './state-trainer.ts';

const [device] = await presentDevices(['tensorflow']);

class Own extends tfl.layers.Layer {
  static get className(): string {
    return 'Own';
  }
  constructor(
    name: string,
    private readonly change: (x: tf.Tensor) => tf.Tensor,
  ) {
    super({ name });
  }
  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return this.change([inputs].flat()[0]!);
  }
}

const inLayer = (change: (x: tf.Tensor) => tf.Tensor): Partial<TrainerOptions> => ({
  model: () => tfl.sequential({ layers: [unit(), new Own('own', change)] }),
});
const inPlugin = (change: (x: tf.Tensor) => tf.Tensor): Partial<TrainerOptions> => ({
  plugins: [{ name: 'odd', transformLoss: change as never }],
});

/** Kernels that a user may register: one reads its input, one asks the backend for what a symbol has not. */
const kernels: Readonly<Record<string, tf.KernelFunc>> = {
  ReadingKernel: ({ inputs }) => tf.tensor((inputs['x'] as tf.Tensor).dataSync(), inputs['x']!.shape),
  BackendReadingKernel: ({ inputs, backend }) => {
    const { dataId, shape } = inputs['x']!;
    return tf.tensor((backend as tf.KernelBackend).readSync(dataId) as Float32Array, shape);
  },
  RawKernel: ({ inputs, backend }) => {
    const { tensorMap } = backend as unknown as { tensorMap: { get(id: object): { id: number } } };
    if (tensorMap.get(inputs['x']!.dataId).id < 0) throw new TypeError('cannot read a pointer of -5');
    return tf.clone(inputs['x'] as tf.Tensor);
  },
};

const run =
  (kernel: string) =>
  (x: tf.Tensor): tf.Tensor => {
    const op = tf.customGrad((given: unknown) => ({
      value: tf.engine().runKernel(kernel, { x: given as tf.Tensor }) as tf.Tensor,
      gradFunc: (dy: tf.Tensor) => tf.clone(dy),
    }));
    return op(x);
  };

const stops: readonly (readonly [string, (x: tf.Tensor) => tf.Tensor, RegExp])[] = [
  [
    'a kernel that reads its input',
    run('ReadingKernel'),
    /the kernel ReadingKernel reads the value.*CAPTURE_READ/,
  ],
  [
    "a kernel that reads by the backend's own function",
    run('BackendReadingKernel'),
    /the kernel BackendReadingKernel reads the value.*CAPTURE_READ/,
  ],
  ['a kernel that meets what it does not know', run('RawKernel'), /cannot read a pointer of -5.*RawKernel/],
  [
    'an op that TensorFlow has no shape for',
    (x) => tf.add(x, tf.mul(0, tf.sum(tf.cast(tf.unique(tf.tensor1d([1, 2, 2])).values, 'float32')))),
    /UniqueV2.*CAPTURE_SHAPE/,
  ],
];

describe.skipIf(!device)('with capture auto', () => {
  beforeAll(() => {
    for (const [kernelName, kernelFunc] of Object.entries(kernels)) {
      tf.registerKernel({ kernelName, backendName: 'tensorflow', kernelFunc });
    }
  });
  afterAll(() => Object.keys(kernels).forEach((name) => tf.unregisterKernel(name, 'tensorflow')));

  const ways = [
    ['in a layer', inLayer, /in the layer own/],
    ['in a plugin', inPlugin, /\[odd\].*transformLoss/],
  ] as const;
  const all = stops.flatMap(([what, change, why]) =>
    ways.map(([where, make, place]) => [what, where, () => make(change), why, place] as const),
  );

  it.each(all)('%s %s trains op by op, told once by place and op', async (_, _where, make, why, place) => {
    const train = async (capture: 'auto' | false): Promise<readonly [number[], string[]]> => {
      const { trainer, losses, log } = watchedLosses({
        ...make(),
        capture,
        optimizer: sgd({ learningRate: 0.1 }),
      });
      await trainer.fit(ones(3), { epochs: 2 });
      trainer.dispose();
      return [losses, log];
    };
    const [losses, log] = await train('auto');
    expect([losses, []]).toEqual(await train(false));
    expect(log).toHaveLength(1);
    expect(log[0]).toMatch(/^\[trainer\] the training step runs op by op: /);
    expect(log[0]).toMatch(why);
    expect(log[0]).toMatch(place);
  });

  it('evaluations and predictions go on likewise', async () => {
    const { trainer, log } = watchedLosses(inLayer(run('ReadingKernel')));
    expect(await trainer.evaluate(ones(2))).toEqual({ loss: 1 });
    const outputs = (await trainer.predict({ values: Float32Array.of(3), shape: [1, 1] })) as tf.Tensor;
    expect(outputs.dataSync()[0]).toBe(3);
    expect(log.map((line) => /\[trainer\] (\w+) runs/.exec(line)?.[1])).toEqual(['evaluation', 'prediction']);
  });

  const read = (x: tf.Tensor): tf.Tensor => tf.mul(x, x.dataSync()[0]!);
  it.each([
    ['a layer', () => inLayer(read), /^\[trainer\] the layer own must not read the value.*HOOK_READ_VALUE/],
    ['a plugin', () => inPlugin(read), /^\[odd\] transformLoss must not read the value.*HOOK_READ_VALUE/],
  ])(
    '%s that reads a value is refused, op by op too, and nothing is said of recording',
    async (_, make, why) => {
      for (const capture of ['auto', true, false] as const) {
        const { trainer, log } = watchedLosses({ ...make(), capture });
        await expect(trainer.fit(ones(2), { epochs: 1 })).rejects.toThrow(why);
        expect(log).toEqual([]);
      }
    },
  );

  it('what fails op by op too ends in its own error, and the next call is captured', async () => {
    const { trainer, log } = watchedLosses({});
    const wrong = { values: new Float32Array(2), shape: [1, 2] };
    await expect(trainer.predict(wrong)).rejects.toThrow();
    const predict = async (value: number): Promise<number> => {
      const outputs = await trainer.predict({ values: Float32Array.of(value), shape: [1, 1] });
      return (outputs as tf.Tensor).dataSync()[0]!;
    };
    expect([await predict(1), await predict(2), await predict(3)]).toEqual([1, 2, 3]);
    expect(log).toEqual([]);
  });

  it('a recording that was broken off leaves no tensor and no variable changed', async () => {
    const broken: AnyPlugin = {
      name: 'broken',
      transformGradients: () => {
        throw new Error('no gradients today');
      },
    };
    const { trainer } = watchedLosses({
      plugins: [broken],
      optimizer: sgd({ learningRate: 1, momentum: 0.9 }),
    });
    const { run: opened } = await trainer.open();
    await expect(trainer.fit(ones(1), { epochs: 1 })).rejects.toThrow('no gradients today');
    const before = tf.memory().numTensors;
    await expect(trainer.fit(ones(1), { epochs: 1 })).rejects.toThrow('no gradients today');
    expect(tf.memory().numTensors).toBe(before);
    const [weight] = Object.values(opened.variables);
    expect([weight!.isDisposed, [...weight!.dataSync()]]).toEqual([false, [1]]);
  });

  it('a training that goes on op by op holds no more tensors from step to step', async () => {
    const counts: number[] = [];
    const counter: AnyPlugin = { name: 'counter', onStepEnd: () => void counts.push(tf.memory().numTensors) };
    const stop = inPlugin(run('ReadingKernel'));
    const { trainer } = watchedLosses({ plugins: [...stop.plugins!, counter] });
    await trainer.fit(ones(6), { epochs: 1 });
    expect(new Set(counts.slice(1)).size).toBe(1);
  });
});
