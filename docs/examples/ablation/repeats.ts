// The purpose of a seed: how much two trainings of the same recipe differ, with a seed and without.
import { type Ablation, defineAblation, type Job } from '@cantrip/ablation';
import { lrSchedule } from '@cantrip/lr-schedules';
import type { SavedTensors, Trainer } from '@cantrip/trainer';
import { testImages, trainImages } from './fashion-mnist.ts';
import { seeded, seedTrick } from './seeded.ts';
import { BATCH, PEAK_RATE, resnetTrainer, scheduleTo, type Setting, setting } from './setting.ts';

const recipe = (job: Job<Setting>): Trainer =>
  resnetTrainer({ plugins: [...seeded(job), lrSchedule(scheduleTo(PEAK_RATE))], parameters: job.parameters });

export const experiment: Ablation = defineAblation({
  name: 'repeats',
  parameters: { ...setting, epochs: 3 },
  plugins: [seedTrick],
  trainer: recipe,
  fit: async (trainer, job) => {
    const first = await trained(trainer, job.parameters);
    const again = recipe(job);
    const second = await trained(again, job.parameters);
    again.dispose();
    return {
      accuracy_gap: Math.abs(first.accuracy - second.accuracy),
      unequal_weights: unequalShare(first.weights, second.weights),
    };
  },
  figures: [
    { name: 'accuracy_gap', better: 'lower', percent: true },
    { name: 'unequal_weights', better: 'lower', percent: true },
  ],
});

async function trained(
  trainer: Trainer,
  { images, tests, epochs }: Setting,
): Promise<{ readonly accuracy: number; readonly weights: SavedTensors }> {
  await trainer.fit(await trainImages({ images, batch: BATCH }), { epochs });
  const { accuracy = Number.NaN } = await trainer.evaluate(await testImages(tests));
  return { accuracy, weights: (await trainer.save()).variables };
}

/** The share of weights that differ in any bit. */
function unequalShare(first: SavedTensors, second: SavedTensors): number {
  const pairs = Object.entries(first).map(([name, tensor]) => [tensor, second[name]!] as const);
  const unequal = pairs.map(([a, b]) => a.values.filter((value, at) => value !== b.values[at]).length);
  const all = pairs.map(([{ values }]) => values.length);
  return sum(unequal) / sum(all);
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
