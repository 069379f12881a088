// A warm-up is expected to matter most with a large batch and a learning rate in proportion.
import { type Ablation, defineAblation } from '@cantrip/ablation';
import { cosine, lrSchedule } from '@cantrip/lr-schedules';
import { testImages, trainImages } from './fashion-mnist.ts';
import { BATCH, RATE, resnetTrainer, scheduleTo, setting } from './setting.ts';
import { figures, figuresOn } from './test-figures.ts';

const LARGE = 512;

/** In proportion to the batch. */
const PEAK = (RATE * LARGE) / BATCH;

export const experiment: Ablation = defineAblation({
  name: 'large-batch',
  parameters: { ...setting, images: 12_000 },
  plugins: [
    {
      name: 'warm-up',
      with: lrSchedule(scheduleTo(PEAK)),
      without: lrSchedule(cosine({ value: PEAK, steps: '100%' })),
    },
  ],
  trainer: ({ plugins, parameters }) => resnetTrainer({ plugins, parameters }),
  fit: async (trainer, { parameters: { images, tests, epochs } }) => {
    await trainer.fit(await trainImages({ images, batch: LARGE }), { epochs });
    return figuresOn(trainer, await testImages(tests));
  },
  figures,
});
