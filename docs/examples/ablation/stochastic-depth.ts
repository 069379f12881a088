// Stochastic depth is expected to help deep networks that overfit. This one has six blocks and is trained for 10 epochs.
import { type Ablation, defineAblation } from '@cantrip/ablation';
import { stochasticDepth } from '@cantrip/stochastic-depth';
import { deepSetting, deepTrainer, fitDeep } from './deep-setting.ts';
import { figures } from './test-figures.ts';

export const experiment: Ablation = defineAblation({
  name: 'stochastic-depth',
  parameters: deepSetting,
  plugins: [
    { name: 'rate 0.1', with: stochasticDepth({ rate: 0.1 }) },
    { name: 'rate 0.3', with: stochasticDepth({ rate: 0.3 }) },
  ],
  trainer: deepTrainer,
  fit: (trainer, { parameters }) => fitDeep(trainer, parameters),
  figures,
});
