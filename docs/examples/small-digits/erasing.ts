// Random erasing is expected to help where a network learns few images by heart. Digits are small, and easily hidden.
import { type Ablation, defineAblation } from '@cantrip/ablation';
import { randomErasing } from '@cantrip/random-erasing';
import { digitsTrainer, figures, setting, trainedOnDigits } from './digits.ts';

export const experiment: Ablation = defineAblation({
  name: 'erasing',
  parameters: { ...setting, rate: 0.02, epochs: 20 },
  plugins: [
    { name: 'probability 0.25', with: randomErasing({ probability: 0.25 }) },
    { name: 'probability 0.5', with: randomErasing({ probability: 0.5 }) },
  ],
  trainer: ({ plugins, parameters }) => digitsTrainer(plugins, parameters.rate),
  fit: (trainer, { parameters }) => trainedOnDigits(trainer, parameters),
  figures,
});
