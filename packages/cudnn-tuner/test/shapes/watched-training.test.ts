import { sgd } from '@cantrip/optimizers';
import { presentDevices, tinyData, tinyTrainer } from '@cantrip/testing';
import { type BatchSource, createTrainer, meanSquaredError, type Trainer } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { cudnnEnvironment, cudnnTuning, type CudnnTuningOptions, type ShapeReport } from '../../src/index.ts';

// TensorFlow loads once in a process, here in this mode, in which nothing is measured on a processor.
const mode = 'deterministic';
Object.assign(process.env, cudnnEnvironment(mode));

interface Made {
  readonly trainer: Trainer;
  readonly messages: readonly string[];
  report(): Promise<ShapeReport>;
}

type Options = CudnnTuningOptions & {
  readonly device: 'tensorflow' | 'cpu';
  readonly capture?: 'auto' | boolean;
};

function make({ device, capture = 'auto', ...options }: Options, base = tinyTrainer): Made {
  const messages: string[] = [];
  const plugin = cudnnTuning({ mode, ...options });
  const trainer = base([plugin], {
    device,
    capture,
    reporter: false,
    log: (message) => messages.push(message),
  });
  return { trainer, messages, report: async () => (await trainer.open()).run.use(plugin) };
}

const isPresent = (await presentDevices(['tensorflow'])).length > 0;

/** The last batch of three has 4 examples in the place of 8. */
const shortLast = tinyData({ examples: 20 });

describe.skipIf(!isPresent)('captured steps of', () => {
  it('a smaller last batch are one warning, with what it cost and what to do', async () => {
    const { trainer, messages, report } = make({ device: 'tensorflow' });
    await trainer.fit(shortLast, { epochs: 3 });
    expect(messages).toEqual([
      expect.stringMatching(
        /^\[cudnn-tuner\] batches have had 2 different .* latest inputs\[4,6,6,1\] targets\[4\] int32\. .* cost \d+ ms so far\. Batches have 8 or 4 /,
      ),
    ]);
    const { signatures, lostMilliseconds, advice } = await report();
    expect(signatures).toBe(2);
    expect(advice).toMatch(/dropLast.*padLast/);
    expect(lostMilliseconds).toBeGreaterThan(0);
    trainer.dispose();
  });

  it('one shape are silent, and have cost what recording took', async () => {
    const { trainer, messages, report } = make({ device: 'tensorflow' });
    await trainer.fit(tinyData(), { epochs: 2 });
    expect(messages).toEqual([]);
    const { signatures, lostMilliseconds, advice } = await report();
    expect([signatures, advice]).toEqual([1, undefined]);
    expect(lostMilliseconds).toBeGreaterThan(0);
    trainer.dispose();
  });

  it('several lengths are told to be put into buckets', async () => {
    const { trainer, messages } = make({ device: 'tensorflow' }, lengthsTrainer);
    await trainer.fit(lengths(3, 5, 3, 5), { epochs: 1 });
    expect(messages).toEqual([
      expect.stringMatching(/latest inputs\[2,5\] targets\[2\]\. .* bucketedDataset/),
    ]);
    trainer.dispose();
    const told = make({ device: 'tensorflow', shapes: 2 }, lengthsTrainer);
    await told.trainer.fit(lengths(3, 5, 3, 5), { epochs: 1 });
    expect(told.messages).toEqual([]);
    told.trainer.dispose();
  });

  it('a resumed run are no second warning, and what they cost is that of this process', async () => {
    const first = make({ device: 'tensorflow' });
    await first.trainer.fit(shortLast, { epochs: 1 });
    const snapshot = structuredClone(await first.trainer.save());
    first.trainer.dispose();
    const second = make({ device: 'tensorflow' });
    await second.trainer.restore(snapshot);
    expect(await second.report()).toMatchObject({ signatures: 2, lostMilliseconds: 0 });
    await second.trainer.fit(shortLast, { epochs: 2 });
    expect(second.messages).toEqual([]);
    expect((await second.report()).lostMilliseconds).toBeGreaterThan(0);
    second.trainer.dispose();
  });
});

describe('steps op by op', () => {
  const ways: readonly (readonly [string, Options])[] = [
    ['in plain JavaScript', { device: 'cpu', mode: 'benchmark' }],
    ['on a processor', { device: 'tensorflow', capture: false }],
  ];

  it.each(ways.filter(([, { device }]) => device === 'cpu' || isPresent))(
    '%s are counted, but a shape more costs nothing',
    async (_, options) => {
      const { trainer, messages, report } = make(options);
      await trainer.fit(shortLast, { epochs: 2 });
      expect(messages).toEqual([]);
      expect(await report()).toMatchObject({ signatures: 2, lostMilliseconds: 0, advice: undefined });
      trainer.dispose();
    },
  );
});

/** A model that takes inputs of any length. */
const lengthsTrainer: typeof tinyTrainer = (plugins, options) =>
  createTrainer({
    model: () => {
      const weight = tf.variable(tf.scalar(1));
      return (inputs) => tf.mul(tf.mean(inputs as tf.Tensor2D, 1), weight);
    },
    optimizer: sgd({ learningRate: 0.1 }),
    loss: meanSquaredError(),
    plugins: plugins ?? [],
    ...options,
  });

function lengths(...all: readonly number[]): BatchSource {
  const batches = all.map((length) => ({
    inputs: { values: new Float32Array(2 * length).fill(1), shape: [2, length] },
    targets: { values: Float32Array.of(0, 0), shape: [2] },
    size: 2,
  }));
  return { stepsPerEpoch: all.length, batches: () => batches };
}
