// BlurPool is expected to help where images are shifted. These digits are centred.
import { type Ablation, defineAblation } from '@cantrip/ablation';
import { blurpool } from '@cantrip/blurpool';
import { convDigitsTrainer, convSetting } from './conv-digits.ts';
import { figures, trainedOnDigits } from './digits.ts';

export const experiment: Ablation = defineAblation({
  name: 'blurpool',
  parameters: convSetting,
  plugins: [{ name: 'BlurPool', with: blurpool({ minChannels: 8 }) }],
  trainer: ({ plugins, parameters }) => convDigitsTrainer(plugins, parameters.rate),
  fit: (trainer, { parameters }) => trainedOnDigits(trainer, parameters),
  figures,
});
