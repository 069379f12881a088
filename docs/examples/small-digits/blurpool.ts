// BlurPool is expected to change fewer predictions when images are shifted. These digits are centred.
import { type Ablation, defineAblation, type Figure } from '@cantrip/ablation';
import { blurpool } from '@cantrip/blurpool';
import type { Trainer } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { convDigitsTrainer, convSetting } from './conv-digits.ts';
import { digits, figures, trainedOnDigits } from './digits.ts';

const shifts: readonly Figure[] = [1, 2].map((pixels) => ({
  name: `same_when_shifted_by_${pixels}`,
  better: 'higher',
  percent: true,
  whenDiverged: 0,
}));

export const experiment: Ablation = defineAblation({
  name: 'blurpool',
  parameters: convSetting,
  plugins: [
    { name: 'BlurPool', with: blurpool({ minChannels: 8 }) },
    { name: 'BlurPool after convolutions', with: blurpool({ minChannels: 8, blurFirst: false }) },
  ],
  trainer: ({ plugins, parameters }) => convDigitsTrainer(plugins, parameters.rate),
  fit: async (trainer, { parameters }) => ({
    ...(await trainedOnDigits(trainer, parameters)),
    same_when_shifted_by_1: await unchanged(trainer, 1, parameters.tests),
    same_when_shifted_by_2: await unchanged(trainer, 2, parameters.tests),
  }),
  figures: [...figures, ...shifts],
});

/**
 * The share of test digits whose class does not change when the image is shifted up, down, left and right; zeros come in.
 * Each direction counts by itself.
 */
async function unchanged(trainer: Trainer, pixels: number, tests: number): Promise<number> {
  const directions = [
    [pixels, 0],
    [-pixels, 0],
    [0, pixels],
    [0, -pixels],
  ] as const;
  let [same, all] = [0, 0];
  for await (const { inputs } of (await digits('test', tests)).batches({ epoch: 0, start: 0, seed: 0 })) {
    const { values, shape } = inputs as { readonly values: Float32Array; readonly shape: number[] };
    const images = tf.tensor4d(values, shape as [number, number, number, number]);
    const before = await classes(trainer, images);
    for (const [down, across] of directions) {
      const moved = shifted(images, down, across);
      const after = await classes(trainer, moved);
      same += after.filter((one, at) => one === before[at]).length;
      all += before.length;
      moved.dispose();
    }
    images.dispose();
  }
  return same / all;
}

async function classes(trainer: Trainer, images: tf.Tensor4D): Promise<readonly number[]> {
  const outputs = (await trainer.predict(images)) as tf.Tensor;
  const found = tf.tidy(() => [...tf.argMax(outputs, -1).dataSync()]);
  outputs.dispose();
  return found;
}

function shifted(images: tf.Tensor4D, down: number, across: number): tf.Tensor4D {
  const [, height, width] = images.shape;
  const pad = (by: number): [number, number] => [Math.max(by, 0), Math.max(-by, 0)];
  return tf.tidy(() => {
    const padded = tf.pad(images, [[0, 0], pad(down), pad(across), [0, 0]]);
    return tf.slice(padded, [0, Math.max(-down, 0), Math.max(-across, 0), 0], [-1, height, width, -1]);
  });
}
