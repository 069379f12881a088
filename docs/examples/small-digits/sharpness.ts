// Sharpness-aware minimization is expected to help where a network learns few images by heart.
import { type Ablation, defineAblation } from '@cantrip/ablation';
import { sam } from '@cantrip/sam';
import { digitsTrainer, figures, setting, trainedOnDigits } from './digits.ts';

export const experiment: Ablation = defineAblation({
  name: 'sharpness',
  parameters: { ...setting, rate: 0.02 },
  plugins: [
    { name: 'SAM 0.05', with: sam() },
    { name: 'ASAM 0.5', with: sam({ adaptive: true }) },
  ],
  trainer: ({ plugins, parameters }) => digitsTrainer(plugins, parameters.rate),
  fit: (trainer, { parameters }) => trainedOnDigits(trainer, parameters),
  figures,
});
