// Mixup and CutMix are expected to help most where a network sees few images many times. The network is half as wide as
// that of the other experiments.
import { type Ablation, defineAblation } from '@cantrip/ablation';
import { lrSchedule } from '@cantrip/lr-schedules';
import { mixup } from '@cantrip/mixup';
import { testImages, trainImages } from './fashion-mnist.ts';
import { BATCH, byHeart, RATE, resnetTrainer, scheduleTo } from './setting.ts';
import { figures, figuresOn } from './test-figures.ts';

export const experiment: Ablation = defineAblation({
  name: 'mixing',
  parameters: { ...byHeart, width: 8 },
  plugins: [
    { name: 'mixup 0.2', with: mixup({ alpha: 0.2 }) },
    { name: 'CutMix 1', with: mixup({ alpha: 0, cutmixAlpha: 1 }) },
    { name: 'mixup 0.8 and CutMix 1', with: mixup({ alpha: 0.8, cutmixAlpha: 1 }) },
  ],
  trainer: ({ plugins, parameters }) =>
    resnetTrainer({ plugins: [...plugins, lrSchedule(scheduleTo(RATE))], parameters }),
  fit: async (trainer, { parameters: { images, tests, epochs } }) => {
    await trainer.fit(await trainImages({ images, batch: BATCH }), { epochs });
    return figuresOn(trainer, await testImages(tests));
  },
  figures,
});
