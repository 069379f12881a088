import { openDevice } from '@cantrip/core-tensor-gpu';
import { sgd } from '@cantrip/optimizers';
import {
  expectClose,
  expectSameTraining,
  type Followed,
  followTraining,
  presentDevices,
  tinyData,
  tinyTrainer,
} from '@cantrip/testing';
import {
  accuracy,
  type AnyPlugin,
  createTrainer,
  type Metric,
  type ModelFunction,
  softmaxCrossEntropy,
  topK,
  type TrainerOptions,
} from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { byteImages, smallCnn } from '../byte-images.ts';

const [device] = await presentDevices(['tensorflow']);

// XLA has no dilation, which every other way to run a step has.
const dilate = (images: tf.Tensor): tf.Tensor =>
  tf.dilation2d(images as tf.Tensor4D, tf.zeros([1, 1, images.shape[3]!]), 1, 'same');

const dilating: AnyPlugin = {
  name: 'dilating',
  transformBatch: (batch) => ({ ...batch, inputs: dilate(batch.inputs as tf.Tensor) }),
};

const compiler: AnyPlugin = { name: 'compiler', compile: 'xla' };

describe.skipIf(!device)('compile: xla', () => {
  const fitWith = async (...plugins: AnyPlugin[]): Promise<void> => {
    const trainer = tinyTrainer(plugins, { device: 'tensorflow', capture: true });
    await trainer.fit(tinyData(), { epochs: 1 }).finally(() => trainer.dispose());
  };

  it('of a plugin compiles the captured step', async () => {
    await fitWith(dilating);
    await fitWith(compiler);
    await expect(fitWith(dilating, compiler)).rejects.toThrow(/Dilation2D/);
  });

  it('may be what tune chooses', async () => {
    await expect(fitWith(dilating, { name: 'compiler', tune: () => ({ compile: 'xla' }) })).rejects.toThrow(
      /Dilation2D/,
    );
  });

  it('trains a CNN with batch normalisation, dropout and a smaller last batch as op by op', async () => {
    const train = (options: Partial<TrainerOptions>): Promise<Followed> =>
      followTraining(
        [],
        {
          device: 'tensorflow',
          model: smallCnn,
          optimizer: sgd({ learningRate: 0.02, momentum: 0.9 }),
          ...options,
        },
        { epochs: 3, data: byteImages() },
      );
    const eager = await train({ capture: false });
    const compiled = await train({ capture: true, compile: 'xla' });
    expect(compiled.losses).toHaveLength(30);
    expectSameTraining(compiled, eager);
    expect(compiled.losses).not.toEqual((await train({ capture: true })).losses);
  });

  it('validates, evaluates and predicts as op by op, with metrics that look for the best classes', async () => {
    const figures = async (options: Partial<TrainerOptions>): Promise<readonly number[]> => {
      const trainer = tinyTrainer([], {
        device: 'tensorflow',
        model: smallCnn,
        metrics: [accuracy(), topK({ k: 2 })],
        ...options,
      });
      const { epochs } = await trainer.fit(byteImages(), { epochs: 1, validation: byteImages({ last: 3 }) });
      const evaluated = await trainer.evaluate(byteImages({ last: 5 }));
      const outputs = (await trainer.predict(tf.ones([5, 10, 10, 1]))) as tf.Tensor;
      trainer.dispose();
      return [...Object.values({ ...epochs[0]!, ...evaluated }), ...outputs.dataSync()];
    };
    const eager = await figures({ capture: false });
    expectClose(await figures({ capture: true, compile: 'xla' }), eager, { relative: 1e-4, absolute: 1e-5 });
  });

  it('leaves evaluation and prediction to ops that XLA lacks', async () => {
    const model = (): ModelFunction => {
      const kernel = tf.variable(tf.ones([36, 3]));
      return (inputs, { training }) => {
        const images = training ? (inputs as tf.Tensor) : dilate(inputs as tf.Tensor);
        return tf.matMul(tf.reshape(images, [-1, 36]), kernel);
      };
    };
    const trainer = tinyTrainer([], { device: 'tensorflow', capture: true, compile: 'xla', model });
    const { epochs } = await trainer.fit(tinyData(), { epochs: 1, validation: tinyData() });
    expect(epochs[0]).toHaveProperty('validation_loss');
    const outputs = (await trainer.predict(tf.ones([2, 6, 6, 1]))) as tf.Tensor;
    expect(outputs.shape).toEqual([2, 3]);
    trainer.dispose();
  });

  it('says what to do where XLA lacks an op of the step', async () => {
    const metric: Metric = {
      name: 'dilated',
      compute: (_, outputs) => tf.mean(dilate(tf.reshape(outputs, [1, -1, 3, 1]))) as tf.Scalar,
    };
    const train = (options: Partial<TrainerOptions>): Promise<Followed> =>
      followTraining([], { device: 'tensorflow', metrics: [metric], ...options });
    await train({ capture: true });
    await expect(train({ capture: true, compile: 'xla' })).rejects.toThrow(/Dilation2D.*Leave compile out/);
  });
});

describe('compile: xla with capture: false is refused', () => {
  const options = {
    model: () => () => tf.scalar(0),
    optimizer: sgd(),
    loss: softmaxCrossEntropy(),
    capture: false,
  } as const;

  it('at once, as an option and of a plugin, which is named', () => {
    const because = "compile: 'xla' needs a captured step, but capture is false. ";
    expect(() => createTrainer({ ...options, compile: 'xla' })).toThrow(`[createTrainer] ${because}`);
    expect(() => createTrainer({ ...options, plugins: [compiler] })).toThrow(`[compiler] ${because}`);
  });

  it('when the device is opened, where tune chooses it', async () => {
    const trainer = tinyTrainer([{ name: 'chooser', tune: () => ({ compile: 'xla' }) }], { capture: false });
    await expect(trainer.open()).rejects.toThrow(/^\[chooser\] compile: 'xla'.*\(OPTION_INVALID\)$/);
    trainer.dispose();
  });
});

describe.each(await presentDevices(['wasm', 'cpu']))(
  'compile: xla on %s, which captures nothing,',
  (name) => {
    beforeAll(() => openDevice(name));

    it('is left out, and one message says so', async () => {
      const log: string[] = [];
      const trainer = tinyTrainer([], {
        device: name,
        compile: 'xla',
        log: (message) => void log.push(message),
      });
      await trainer.fit(tinyData(), { epochs: 2, validation: tinyData() });
      trainer.dispose();
      expect(log).toEqual([
        `[trainer] the training step is not compiled: ${name} runs op by op, and only a captured step can be compiled.`,
      ]);
    });

    it('is an error with capture: true', async () => {
      const trainer = tinyTrainer([], { device: name, compile: 'xla', capture: true });
      await expect(trainer.open()).rejects.toThrow(new RegExp(`${name} runs op by op.*CAPTURE_UNSUPPORTED`));
      trainer.dispose();
    });
  },
);
