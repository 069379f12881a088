// Averages of the weights are expected to help at a constant learning rate, whose last weights are noisy.
import { type Ablation, defineAblation } from '@cantrip/ablation';
import { stochasticWeightAveraging, weightAveraging } from '@cantrip/weight-averaging';
import { digitsTrainer, figures, setting, trainedOnDigits } from './digits.ts';

export const experiment: Ablation = defineAblation({
  name: 'averages',
  parameters: setting,
  plugins: [
    { name: 'EMA 0.99', with: weightAveraging({ decay: 0.99 }) },
    { name: 'SWA of the last half', with: stochasticWeightAveraging({ start: '50%' }) },
  ],
  trainer: ({ plugins, parameters }) => digitsTrainer(plugins, parameters.rate),
  fit: (trainer, { parameters }) => trainedOnDigits(trainer, parameters),
  figures,
});
