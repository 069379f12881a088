import type { HostBatch } from '@cantrip/ops';
import { presentDevices, presentWays, tinyData, tinyTrainer } from '@cantrip/testing';
import type { BatchSource, ModelFunction, Plugin, TrainerOptions } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

const [device] = await presentDevices(['tensorflow']);

interface Binding {
  createTensor(shape: readonly number[], ...rest: unknown[]): number;
}

/** Counts the tensors of images that TensorFlow is given, until `stop`. */
function countImages(): { count(): number; stop(): void } {
  const { binding } = tf.backend() as unknown as { readonly binding: Binding };
  const original = binding.createTensor;
  let count = 0;
  binding.createTensor = (shape, ...rest) => {
    if (shape.length === 4 && shape[1] === 6) count++;
    return original(shape, ...rest);
  };
  return { count: () => count, stop: () => void (binding.createTensor = original) };
}

/** The images uploaded in each epoch of three batches, the last smaller, and in its validation on two. */
async function imagesUploaded(options: Partial<TrainerOptions>): Promise<readonly number[]> {
  const images: { counter?: ReturnType<typeof countImages>; before: number } = { before: 0 };
  const counts: number[] = [];
  const counting: Plugin = {
    name: 'counting',
    onTrainBegin: () => void (images.counter = countImages()),
    onEpochEnd() {
      const now = images.counter!.count();
      counts.push(now - images.before);
      images.before = now;
    },
  };
  const trainer = tinyTrainer([counting], { device: 'tensorflow', ...options });
  try {
    const data = { train: tinyData({ examples: 20 }), validation: tinyData({ examples: 10 }) };
    await trainer.fit(data.train, { epochs: 3, validation: data.validation });
    await trainer.evaluate(data.validation);
    return [...counts, images.counter!.count() - images.before];
  } finally {
    images.counter?.stop();
    trainer.dispose();
  }
}

/** Tiny data that counts the batches which the trainer gives back. */
function givenBack(): { readonly data: BatchSource; count: number } {
  const plain = tinyData();
  const counted = {
    count: 0,
    data: {
      batchesPerEpoch: plain.batchesPerEpoch,
      *batches(request: Parameters<BatchSource['batches']>[0]) {
        for (const batch of plain.batches(request) as Iterable<HostBatch>) {
          yield { ...batch, release: () => void counted.count++ };
        }
      },
    },
  };
  return counted;
}

describe.each(await presentWays())('a batch $name', ({ captured, tinyTrainer }) => {
  it('is given back after its step where that has copied it, and nowhere else', async () => {
    const source = givenBack();
    const trainer = tinyTrainer();
    await trainer.fit(source.data, { epochs: 2 });
    expect(source.count).toBe(captured ? 6 : 0);
    await trainer.evaluate(source.data);
    expect(source.count).toBe(captured ? 6 : 0);
    trainer.dispose();
  });
});

describe.skipIf(!device).each([true, false])('with capture: %s', (capture) => {
  it('every batch is uploaded once, in the first epoch and in those that follow', async () => {
    expect(await imagesUploaded({ capture })).toEqual([5, 5, 5, 2]);
  });

  it('a model function sees one batch more, in the first epoch only', async () => {
    // A list, because a number that the step counts is state, which a captured step refuses.
    const calls: string[] = [];
    const model = (): ModelFunction => {
      const kernel = tf.variable(tf.ones([36, 3]));
      return (inputs) => {
        calls.push('model');
        return tf.matMul(tf.reshape(inputs as tf.Tensor, [-1, 36]), kernel);
      };
    };
    expect(await imagesUploaded({ capture, model })).toEqual([6, 5, 5, 2]);
    // Captured: two shapes are recorded and compared in training and in evaluation, and compared again where each of the
    // later epochs and evaluations begins. With longer epochs these are few beside the steps.
    expect(calls).toHaveLength(1 + (capture ? 16 : 17));
  });
});
