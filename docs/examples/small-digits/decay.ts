// Weight decay on biases and norms is expected to hurt little in a small network; it is left out by convention.
import { type Ablation, defineAblation } from '@cantrip/ablation';
import { adamw, noDecayOnBiasesAndNorms } from '@cantrip/optimizers';
import { digitsTrainer, figures, setting, trainedOnDigits } from './digits.ts';

export const experiment: Ablation = defineAblation({
  name: 'decay',
  parameters: { ...setting, rate: 0.002, epochs: 20, weightDecay: 0.5 },
  // Groups are the optimizer's; a plugin without hooks tells the runs apart.
  plugins: [{ name: 'no decay on biases and norms' }],
  trainer: ({ plugins, parameters: { rate, weightDecay }, has }) =>
    digitsTrainer(
      plugins,
      rate,
      adamw({
        learningRate: rate,
        weightDecay,
        groups: has('no decay on biases and norms') ? [noDecayOnBiasesAndNorms] : [],
      }),
    ),
  fit: (trainer, { parameters }) => trainedOnDigits(trainer, parameters),
  figures,
});
