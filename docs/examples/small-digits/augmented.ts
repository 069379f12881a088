// TrivialAugment is expected to help where a network learns few images by heart, and takes more epochs.
import { type Ablation, defineAblation } from '@cantrip/ablation';
import { trivialAugment } from '@cantrip/data';
import { digitsTrainer, figures, setting, trainedOnDigits } from './digits.ts';

export const experiment: Ablation = defineAblation({
  name: 'augmented',
  parameters: { ...setting, rate: 0.02, epochs: 30 },
  // Augmentation is the data's; a plugin without hooks tells the runs apart.
  plugins: [{ name: 'trivial-augment' }],
  trainer: ({ plugins, parameters }) => digitsTrainer(plugins, parameters.rate),
  fit: (trainer, { parameters, has }) =>
    trainedOnDigits(trainer, parameters, has('trivial-augment') ? [trivialAugment()] : []),
  figures,
});
