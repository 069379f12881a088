// Where a warm-up is said to matter most: a large batch, with a learning rate in proportion.
import { type Ablation, defineAblation } from '@cantrip/ablation';
import { cosine, lrSchedule, warmup } from '@cantrip/lr-schedules';
import { testImages, trainImages } from './fashion-mnist.ts';
import { BATCH, RATE, resnetTrainer, setting } from './setting.ts';
import { figures, figuresOn } from './test-figures.ts';

const LARGE = 512;

const decay = cosine({ value: (RATE * LARGE) / BATCH, steps: '100%' });

export const experiment: Ablation = defineAblation({
  name: 'large-batch',
  parameters: setting,
  plugins: [
    {
      name: 'warm-up',
      with: lrSchedule(warmup(decay, { steps: '10%', convention: 'inside' })),
      without: lrSchedule(decay),
    },
  ],
  trainer: ({ plugins, parameters }) => resnetTrainer({ plugins, parameters }),
  fit: async (trainer, { parameters: { images, tests, epochs } }) => {
    await trainer.fit(await trainImages({ images, batch: LARGE }), { epochs });
    return figuresOn(trainer, await testImages(tests));
  },
  figures,
});
