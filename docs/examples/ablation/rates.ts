// Finds the learning rates for comparing a schedule and a constant rate, each at its best. It uses held-out images,
// and seeds that no other experiment uses.
import { type Ablation, defineAblation } from '@cantrip/ablation';
import { labelSmoothing } from '@cantrip/label-smoothing';
import { constant, lrSchedule } from '@cantrip/lr-schedules';
import { heldOutImages, trainImages } from './fashion-mnist.ts';
import { BATCH, resnetTrainer, scheduleTo, setting } from './setting.ts';

export const experiment: Ablation = defineAblation({
  name: 'rates',
  parameters: setting,
  plugins: [
    ...[0.03, 0.3].map((value) => ({
      name: `constant ${value}`,
      with: lrSchedule(constant({ value })),
    })),
    ...[0.03, 0.1, 0.3].map((peak) => ({ name: `schedule to ${peak}`, with: lrSchedule(scheduleTo(peak)) })),
  ],
  // Without any of these tricks, the rate is constant too.
  trainer: ({ plugins, parameters }) =>
    resnetTrainer({ plugins: [...plugins, labelSmoothing({ smoothing: 0.1 })], parameters, rate: 0.1 }),
  fit: async (trainer, { parameters: { images, heldOut, epochs } }) => {
    await trainer.fit(await trainImages({ images, batch: BATCH }), { epochs });
    const { accuracy = Number.NaN } = await trainer.evaluate(await heldOutImages(heldOut));
    return { held_out_accuracy: accuracy };
  },
  figures: [{ name: 'held_out_accuracy', better: 'higher', percent: true, whenDiverged: 0.1 }],
});
