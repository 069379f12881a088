// Label smoothing is expected to improve calibration most for an overconfident network. This one sees few images
// many times.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Ablation, defineAblation } from '@cantrip/ablation';
import { calibrationOf, labelSmoothing, reliabilityDiagram } from '@cantrip/label-smoothing';
import { lrSchedule } from '@cantrip/lr-schedules';
import { testImages, trainImages } from './fashion-mnist.ts';
import { BATCH, byHeart, RATE, resnetTrainer, scheduleTo } from './setting.ts';
import { figures, figuresOf } from './test-figures.ts';

const smoothings = [0.05, 0.1].map((smoothing) => ({
  name: `smoothing ${smoothing}`,
  with: labelSmoothing({ smoothing }),
}));

const [accuracy, loss, calibrationError] = figures;

export const experiment: Ablation = defineAblation({
  name: 'calibration',
  // The folder for the reliability diagram of every run; none by default.
  parameters: { ...byHeart, diagrams: '' },
  plugins: smoothings,
  trainer: ({ plugins, parameters }) =>
    resnetTrainer({ plugins: [...plugins, lrSchedule(scheduleTo(RATE))], parameters }),
  fit: async (trainer, { seed, has, parameters: { images, tests, epochs, diagrams } }) => {
    await trainer.fit(await trainImages({ images, batch: BATCH }), { epochs });
    const calibration = await calibrationOf(trainer, await testImages(tests));
    if (diagrams !== '') {
      const title = smoothings.find(({ name }) => has(name))?.name ?? 'no smoothing';
      const file = `calibration.${title.replace(' ', '-')}.seed-${seed}.svg`;
      writeFileSync(
        join(diagrams, file),
        reliabilityDiagram(calibration, { title: `${title}, seed ${seed}` }),
      );
    }
    return figuresOf(calibration);
  },
  figures: [calibrationError!, accuracy!, loss!],
});
