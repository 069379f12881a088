// All five tricks at once on Fashion-MNIST. Training from scratch judges four of them. Fine-tuning of the result
// judges frozen batch norm.
import { type Ablation, defineAblation, type Job } from '@cantrip/ablation';
import { cudnnTuning } from '@cantrip/cudnn-tuner';
import { batchNormFreezing } from '@cantrip/freeze-bn';
import { labelSmoothing } from '@cantrip/label-smoothing';
import { cosine, lrSchedule } from '@cantrip/lr-schedules';
import { seed } from '@cantrip/seed';
import type { Trainer } from '@cantrip/trainer';
import { testImages, trainImages } from './fashion-mnist.ts';
import { seeded, seedTrick } from './seeded.ts';
import { BATCH, PEAK_RATE, RATE, resnetTrainer, scheduleTo, type Setting, setting } from './setting.ts';
import { figures, figuresOn } from './test-figures.ts';

const FINE_TUNING = { rate: 1e-3, batch: 4 };

const freezing = batchNormFreezing();
const fromScratchOn = [seedTrick.name, 'cudnn-tuner', 'lr-schedules', 'label-smoothing'];

export const experiment: Ablation = defineAblation({
  name: 'five-tricks',
  parameters: setting,
  plugins: [
    seedTrick,
    cudnnTuning({ mode: 'deterministic' }),
    lrSchedule(scheduleTo(PEAK_RATE)),
    labelSmoothing({ smoothing: 0.1 }),
    freezing,
  ],
  trainer: (job) => {
    const plugins = seeded(job).filter(({ name }) => name !== freezing.name);
    // Without the schedule, the rate is constant, at its own best value.
    return resnetTrainer({ plugins, parameters: job.parameters, rate: RATE });
  },
  fit: async (trainer, job) => {
    const { images, tests, epochs } = job.parameters;
    await trainer.fit(await trainImages({ images, batch: BATCH }), { epochs });
    const fromScratch = await figuresOn(trainer, await testImages(tests));
    return { ...fromScratch, fine_tuned_accuracy: await fineTuned(trainer, job) };
  },
  figures: [
    ...figures.map((figure) => ({ ...figure, judges: fromScratchOn })),
    {
      name: 'fine_tuned_accuracy',
      better: 'higher',
      percent: true,
      whenDiverged: 0.1,
      judges: [freezing.name],
    },
  ],
});

/** Continues with new images of the same kind, in small batches. */
async function fineTuned(trainer: Trainer, job: Job<Setting>): Promise<number> {
  const { images, fineTuning, tests } = job.parameters;
  const { run } = await trainer.open();
  trainer.dispose();
  const second = resnetTrainer({
    plugins: [
      job.has(seedTrick.name) && seed({ value: job.seed }),
      lrSchedule(cosine({ value: FINE_TUNING.rate, steps: '100%' })),
      job.has(freezing.name) && freezing,
    ],
    parameters: job.parameters,
    model: run.model as never,
  });
  const unseen = await trainImages({ from: images, images: fineTuning, batch: FINE_TUNING.batch });
  await second.fit(unseen, { epochs: 1 });
  const { accuracy = Number.NaN } = await second.evaluate(await testImages(tests));
  second.dispose();
  return accuracy;
}
