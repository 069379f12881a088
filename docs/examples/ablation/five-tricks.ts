// All five tricks at once on Fashion-MNIST: training from scratch with four of them, then fine-tuning at batch 4, where
// frozen batch norm comes in.
import { type Ablation, defineAblation } from '@cantrip/ablation';
import { rebatch, take } from '@cantrip/data';
import { batchNormFreezing } from '@cantrip/freeze-bn';
import { cudnnTuning } from '@cantrip/cudnn-tuner';
import { labelSmoothing } from '@cantrip/label-smoothing';
import { cosine, lrSchedule, warmup } from '@cantrip/lr-schedules';
import { seed } from '@cantrip/seed';
import type { AnyPlugin } from '@cantrip/trainer';
import { testImages, trainImages } from './fashion-mnist.ts';
import { BATCH, RATE, resnetTrainer, setting } from './setting.ts';
import { figures, figuresOn } from './test-figures.ts';

const FINE_TUNING_RATE = 1e-3;

const schedule = warmup(cosine({ value: RATE, steps: '100%' }), { steps: '10%', convention: 'inside' });

const without = (plugins: readonly AnyPlugin[], name: string): readonly AnyPlugin[] =>
  plugins.filter((plugin) => plugin.name !== name);

export const experiment: Ablation = defineAblation({
  name: 'five-tricks',
  parameters: setting,
  plugins: [
    // The runner seeds every run, with this plugin or without: it is here to be seen to change nothing else.
    seed(),
    cudnnTuning({ mode: 'deterministic' }),
    lrSchedule(schedule),
    labelSmoothing({ smoothing: 0.1 }),
    batchNormFreezing(),
  ],
  trainer: ({ plugins, parameters }) => resnetTrainer({ plugins: without(plugins, 'freeze-bn'), parameters }),
  fit: async (trainer, { plugins, parameters }) => {
    const { images, tests, epochs, fineTuning } = parameters;
    const train = await trainImages({ images, batch: BATCH });
    await trainer.fit(train, { epochs });
    const { run } = await trainer.open();
    trainer.dispose();
    const second = resnetTrainer({
      plugins: without(plugins, 'lr-schedules'),
      parameters,
      rate: FINE_TUNING_RATE,
      model: run.model as never,
    });
    await second.fit(rebatch(take(train, fineTuning), { batchSize: 4, shuffle: true }), { epochs: 1 });
    const outcome = await figuresOn(second, await testImages(tests));
    second.dispose();
    return outcome;
  },
  figures,
});
