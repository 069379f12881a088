// Clipping is expected to help at a high learning rate. Centralization and noise are expected to change little here.
import { type Ablation, defineAblation } from '@cantrip/ablation';
import { adaptiveGradientClipping, gradientCentralization, gradientNoise } from '@cantrip/gradient-tools';
import { digitsTrainer, figures, setting, trainedOnDigits } from './digits.ts';

export const experiment: Ablation = defineAblation({
  name: 'gradients',
  parameters: setting,
  plugins: [
    { name: 'centralization', with: gradientCentralization() },
    { name: 'adaptive clipping 0.02', with: adaptiveGradientClipping({ clipping: 0.02 }) },
    { name: 'noise 0.0001', with: gradientNoise({ eta: 1e-4 }) },
  ],
  trainer: ({ plugins, parameters }) => digitsTrainer(plugins, parameters.rate),
  fit: (trainer, { parameters }) => trainedOnDigits(trainer, parameters),
  figures,
});
