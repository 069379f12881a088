// Lookahead is expected to help at a high constant learning rate, whose last weights are noisy.
import { type Ablation, defineAblation } from '@cantrip/ablation';
import { lookahead } from '@cantrip/lookahead';
import { digitsTrainer, figures, setting, trainedOnDigits } from './digits.ts';

export const experiment: Ablation = defineAblation({
  name: 'lookahead',
  parameters: setting,
  plugins: [{ name: 'lookahead', with: lookahead() }],
  trainer: ({ plugins, parameters }) => digitsTrainer(plugins, parameters.rate),
  fit: (trainer, { parameters }) => trainedOnDigits(trainer, parameters),
  figures,
});
