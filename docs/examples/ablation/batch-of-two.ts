// Where frozen batch norm is said to matter most: fine-tuning at batch 2, whose statistics are worth nothing.
import { type Ablation, defineAblation } from '@cantrip/ablation';
import { rebatch, take } from '@cantrip/data';
import { batchNormFreezing } from '@cantrip/freeze-bn';
import { cosine, lrSchedule } from '@cantrip/lr-schedules';
import { testImages, trainImages } from './fashion-mnist.ts';
import { BATCH, RATE, resnetTrainer, setting } from './setting.ts';
import { figures, figuresOn } from './test-figures.ts';

const FINE_TUNING_RATE = 1e-3;

export const experiment: Ablation = defineAblation({
  name: 'batch-of-two',
  parameters: setting,
  plugins: [batchNormFreezing()],
  // Only the fine-tuning is what is compared, and timed: the training before is the same with and without.
  trainer: ({ seed, parameters }) =>
    resnetTrainer({
      plugins: [{ name: 'pretraining', seed }, lrSchedule(cosine({ value: RATE, steps: '100%' }))],
      parameters,
    }),
  fit: async (pretraining, { plugins, parameters }) => {
    const { images, tests, epochs, fineTuning } = parameters;
    const train = await trainImages({ images, batch: BATCH });
    await pretraining.fit(train, { epochs });
    const { run } = await pretraining.open();
    pretraining.dispose();
    const trainer = resnetTrainer({ plugins, parameters, rate: FINE_TUNING_RATE, model: run.model as never });
    await trainer.fit(rebatch(take(train, fineTuning), { batchSize: 2, shuffle: true }), { epochs: 1 });
    const outcome = await figuresOn(trainer, await testImages(tests));
    trainer.dispose();
    return outcome;
  },
  figures,
});
