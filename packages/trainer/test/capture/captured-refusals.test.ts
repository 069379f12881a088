import { openDevice } from '@cantrip/core-tensor-gpu';
import { expectSameTraining, type Followed, followTraining, presentDevices } from '@cantrip/testing';
import type { AnyPlugin, ModelFunction, TrainerOptions } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';

const [device] = await presentDevices(['tensorflow']);

/** Keeps what a hook returns, so that a step can do what it likes beside. */
const doing = (hook: 'transformBatch' | 'transformLoss', what: () => void): AnyPlugin => ({
  name: 'odd',
  [hook]: (value: unknown) => (what(), value),
});

const distinct = (): void => void tf.unique(tf.tensor1d([1, 2, 2])).values;

/** By one of TensorFlow's ops that go on in a stream of their own from call to call. */
function drawStatefully(): void {
  const backend = tf.backend() as unknown as {
    readonly binding: {
      executeOp(...given: unknown[]): { readonly id: number }[];
      readonly TF_FLOAT: number;
    };
    getInputTensorIds(tensors: readonly tf.Tensor[]): number[];
    createOutputTensor(metadata: unknown): tf.Tensor;
  };
  const ids = backend.getInputTensorIds([tf.tensor1d([2], 'int32')]);
  const attributes = [{ name: 'dtype', type: 4, value: backend.binding.TF_FLOAT }];
  backend.createOutputTensor(backend.binding.executeOp('RandomUniform', attributes, ids, 1)[0]);
}

const cases: readonly (readonly [string, () => AnyPlugin, RegExp])[] = [
  [
    'whose shape depends on values',
    () => doing('transformLoss', distinct),
    /^\[odd\] in transformLoss, the shape of the result of UniqueV2 depends on values\..*\(CAPTURE_SHAPE\)$/,
  ],
  [
    'that keeps a state of its own',
    () => doing('transformBatch', drawStatefully),
    /^\[odd\] in transformBatch, RandomUniform has a state of its own.*random\(stream\).*\(CAPTURE_STATEFUL\)$/,
  ],
  [
    'that makes strings',
    () => doing('transformBatch', () => void tf.concat([tf.tensor1d(['a']), tf.tensor1d(['b'])])),
    /^\[odd\] in transformBatch, the step creates a string tensor.*\(CAPTURE_UNSUPPORTED\)$/,
  ],
  [
    'that makes a variable of the batch',
    () => {
      let mean: tf.Variable | undefined;
      return {
        name: 'odd',
        transformBatch(batch) {
          const now = tf.mean(batch.inputs as tf.Tensor);
          mean ??= tf.variable(now, false);
          mean.assign(now);
          return batch;
        },
        onTrainEnd: () => mean?.dispose(),
      };
    },
    /^\[odd\] in transformBatch, the step creates a variable whose first value depends on the batch.*\(CAPTURE_VARIABLE\)$/,
  ],
];

const train = (plugin: AnyPlugin, options: Partial<TrainerOptions>): Promise<Followed> =>
  followTraining([plugin], { device: 'tensorflow', ...options });

describe.skipIf(!device)('a step with an op', () => {
  it.each(cases)(
    '%s is an error with capture: true, naming plugin, hook and op',
    async (_, plugin, message) => {
      await expect(train(plugin(), { capture: true })).rejects.toThrow(message);
    },
  );

  it.each(cases)('%s goes on op by op by default, and says so once', async (_, plugin, message) => {
    const log: string[] = [];
    const followed = await train(plugin(), { log: (line) => void log.push(line) });
    expect(log).toHaveLength(1);
    const [said, why] = log[0]!.split(' runs op by op: ');
    expect(said).toBe('[trainer] the training step');
    expect(why).toMatch(message);
    expect(followed).toEqual(await train(plugin(), { capture: false }));
  });

  it('in the model is named too', async () => {
    const model = (): ModelFunction => {
      const kernel = tf.variable(tf.ones([36, 3]));
      return (inputs) => {
        distinct();
        return tf.matMul(tf.reshape(inputs as tf.Tensor, [-1, 36]), kernel);
      };
    };
    await expect(train({ name: 'none' }, { capture: true, model })).rejects.toThrow(
      /UniqueV2.*CAPTURE_SHAPE/,
    );
  });
});

describe.each(await presentDevices(['wasm', 'cpu']))('on %s, which has no functions', (name) => {
  beforeAll(() => openDevice(name));

  it('a training runs op by op by default, without a word, hooks called in each step', async () => {
    const log: string[] = [];
    let calls = 0;
    const counter = doing('transformLoss', () => calls++);
    const followed = await train(counter, { device: name, log: (line) => void log.push(line) });
    expect([log, calls]).toEqual([[], 6]);
    expectSameTraining(followed, await train(counter, { device: name, capture: false }));
  });

  it('capture: true is an error at once', async () => {
    await expect(train({ name: 'none' }, { device: name, capture: true })).rejects.toThrow(
      new RegExp(`${name} runs op by op.*CAPTURE_UNSUPPORTED`),
    );
  });
});
