// Freezing layers makes later steps cheaper. It is expected to cost some accuracy, more if it begins early.
import { type Ablation, defineAblation } from '@cantrip/ablation';
import { layerFreezing } from '@cantrip/layer-freezing';
import { digitsTrainer, figures, setting, trainedOnDigits } from './digits.ts';

export const experiment: Ablation = defineAblation({
  name: 'freezing',
  parameters: { ...setting, rate: 0.02 },
  plugins: [
    { name: 'from the start', with: layerFreezing({ start: 0 }) },
    { name: 'from the middle', with: layerFreezing({ start: '50%' }) },
  ],
  trainer: ({ plugins, parameters }) => digitsTrainer(plugins, parameters.rate),
  fit: (trainer, { parameters }) => trainedOnDigits(trainer, parameters),
  figures,
});
