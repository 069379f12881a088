import * as tf from '@tensorflow/tfjs-core';
import type { BatchSource, Plugin } from '@cantrip/trainer';
import { presentWays, tinyData, tinyTrainer } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';

const refusals: readonly (readonly [title: string, plugin: Partial<Plugin>, words: string])[] = [
  [
    'a negative learning rate, which would climb',
    { scheduleLearningRate: () => -0.1 },
    '[odd] scheduleLearningRate must return a finite number >= 0, got -0.1. Return the value, changed or not. (HOOK_RESULT)',
  ],
  [
    'inputs of more rows than the targets have',
    {
      transformBatch: (batch) => ({
        ...batch,
        inputs: tf.concat([batch.inputs as tf.Tensor, batch.inputs as tf.Tensor]),
      }),
    },
    '[odd] transformBatch must return a row for each example in every part, got inputs [16, 6, 6, 1] and targets [8]. Change the number of rows in all parts, or in none. (HOOK_RESULT)',
  ],
  [
    'a variable of a plugin that is already disposed',
    {
      variables: () => {
        const gone = tf.variable(tf.scalar(1), false);
        gone.dispose();
        return { gone };
      },
    },
    '[odd] variables must return variables by name that are not disposed, got an object of Object.',
  ],
];

describe.each(await presentWays())('refused $name', (way) => {
  it.each(refusals)('%s', async (_, plugin, words) => {
    const trainer = way.tinyTrainer([{ name: 'odd', ...plugin } as Plugin]);
    await expect(trainer.fit(tinyData(), { epochs: 1 })).rejects.toThrow(words);
    trainer.dispose();
  });
});

it('a source whose two numbers of batches differ is refused, and equal ones are accepted', async () => {
  const trainer = tinyTrainer([]);
  const odd = { ...tinyData(), stepsPerEpoch: 2 } as BatchSource;
  expect(() => trainer.fit(odd, { epochs: 1 })).toThrow(
    '[fit] data has 3 as batchesPerEpoch but 2 as stepsPerEpoch, which is the older word for the same number. Remove stepsPerEpoch. (OPTION_INVALID)',
  );
  await trainer.fit({ ...tinyData(), stepsPerEpoch: 3 } as BatchSource, { epochs: 1 });
  trainer.dispose();
});
