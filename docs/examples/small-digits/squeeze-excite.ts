// Squeeze-and-excitation is expected to help deep networks of many channels. This one has three convolutions.
import { type Ablation, defineAblation } from '@cantrip/ablation';
import { squeezeExcite } from '@cantrip/squeeze-excite';
import { convDigitsTrainer, convSetting } from './conv-digits.ts';
import { figures, trainedOnDigits } from './digits.ts';

export const experiment: Ablation = defineAblation({
  name: 'squeeze-excite',
  parameters: convSetting,
  plugins: [
    { name: 'each convolution', with: squeezeExcite({ latentChannels: 1 / 4, minChannels: 1 }) },
    { name: 'the last one', with: squeezeExcite({ latentChannels: 1 / 4, minChannels: 16 }) },
  ],
  trainer: ({ plugins, parameters }) => convDigitsTrainer(plugins, parameters.rate),
  fit: (trainer, { parameters }) => trainedOnDigits(trainer, parameters),
  figures,
});
