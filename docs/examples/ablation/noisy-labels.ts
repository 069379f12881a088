// Label smoothing is expected to matter most if some training labels are wrong and the network could memorise them.
// The test labels are right.
import { type Ablation, defineAblation } from '@cantrip/ablation';
import { randomStream } from '@cantrip/ops';
import { labelSmoothing } from '@cantrip/label-smoothing';
import { lrSchedule } from '@cantrip/lr-schedules';
import { testImages, trainImages } from './fashion-mnist.ts';
import { BATCH, byHeart, RATE, resnetTrainer, scheduleTo } from './setting.ts';
import { figures, figuresOn } from './test-figures.ts';

/** The share of labels that are drawn again from all 10 classes. So 36 % are wrong. */
const NOISE = 0.4;

/** The run's seed decides which labels are drawn again, and their new class. */
function withNoise(labels: Int32Array, seed: number): Int32Array {
  const random = randomStream({ seed, stream: 'label-noise' });
  return labels.map((label) => {
    const [replace, other] = [random.uniform() < NOISE, random.integer(10)];
    return replace ? other : label;
  });
}

export const experiment: Ablation = defineAblation({
  name: 'noisy-labels',
  parameters: byHeart,
  plugins: [
    { name: 'smoothing 0.1', with: labelSmoothing({ smoothing: 0.1 }) },
    { name: 'smoothing 0.4', with: labelSmoothing({ smoothing: 0.4 }) },
  ],
  trainer: ({ plugins, parameters }) =>
    resnetTrainer({ plugins: [...plugins, lrSchedule(scheduleTo(RATE))], parameters }),
  fit: async (trainer, { seed, parameters: { images, tests, epochs } }) => {
    const relabel = (labels: Int32Array): Int32Array => withNoise(labels, seed);
    await trainer.fit(await trainImages({ images, batch: BATCH, relabel }), { epochs });
    return figuresOn(trainer, await testImages(tests));
  },
  figures,
});
