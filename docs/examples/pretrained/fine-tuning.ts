// Few images of clothes in small batches, on a network that knows ImageNet: with the statistics of those batches, with
// those of ImageNet, and on a network that knows nothing. Each has the optimizer and rate that suit it best.
import { type Ablation, defineAblation } from '@cantrip/ablation';
import { batchNormFreezing } from '@cantrip/freeze-bn';
import { clothesTrainer, setting, trainOnClothes, type UpdateRule } from './clothes-network.ts';
import { chosenRule } from './update-rules.ts';

export { setting } from './clothes-network.ts';

const FROZEN = 'frozen';
const REESTIMATED = 're-estimated';
const SCRATCH = 'from scratch';

export const experiment: Ablation = defineAblation({
  name: 'pretrained',
  parameters: setting,
  plugins: [
    { name: FROZEN, with: batchNormFreezing() },
    // Only the names of these matter.
    { name: REESTIMATED, with: { name: 're-estimated' } },
    { name: SCRATCH, with: { name: 'from-scratch' } },
  ],
  trainer: ({ plugins, parameters: { device }, has }) =>
    clothesTrainer({ plugins, rule: ruleOf(has), pretrained: !has(SCRATCH), device }),
  fit: async (trainer, { parameters, seed, has }) => {
    const trained = await trainOnClothes(trainer, { setting: parameters, seed, tested: 'test' });
    // 200 steps hardly move the moving statistics of a network that learns from scratch.
    if (has(REESTIMATED) || has(SCRATCH)) await trained.reestimate();
    const { accuracy, loss } = await trained.outcome();
    return { test_accuracy: accuracy, test_loss: loss };
  },
  figures: [
    { name: 'test_accuracy', better: 'higher', percent: true, whenDiverged: 0.1 },
    { name: 'test_loss', better: 'lower' },
  ],
});

function ruleOf(has: (trick: string) => boolean): UpdateRule {
  if (has(FROZEN)) return chosenRule('frozen', 'held_out_accuracy');
  if (has(SCRATCH)) return chosenRule('from scratch', 'reestimated_accuracy');
  return chosenRule('unfrozen', has(REESTIMATED) ? 'reestimated_accuracy' : 'held_out_accuracy');
}
