// Tries the same optimizers and rates for each way to train, on held-out images of the training set.
import { type Ablation, defineAblation } from '@cantrip/ablation';
import { batchNormFreezing } from '@cantrip/freeze-bn';
import type { AnyPlugin } from '@cantrip/trainer';
import { clothesTrainer, setting, trainOnClothes, type UpdateRule } from './clothes-network.ts';
import { candidates, type Start, starts, trialName } from './update-rules.ts';

/** A way to train, and one of the candidates. */
interface Trial {
  readonly name: string;
  readonly start: Start;
  readonly rule: UpdateRule;
}

const trials: readonly Trial[] = starts.flatMap((start) =>
  candidates.map((rule) => ({ name: trialName(start, rule), start, rule })),
);

/** The first one is that of an ablation without any of its tricks. */
const trialOf = (has: (name: string) => boolean): Trial =>
  trials.slice(1).find(({ name }) => has(name)) ?? trials[0]!;

export const experiment: Ablation = defineAblation({
  name: 'pretrained-rates',
  parameters: setting,
  plugins: trials
    .slice(1)
    .map(({ name, start }) => ({ name, with: start === 'frozen' ? batchNormFreezing() : onlyNamed(name) })),
  trainer: ({ plugins, parameters: { device }, has }) => {
    const { start, rule } = trialOf(has);
    return clothesTrainer({ plugins, rule, pretrained: start !== 'from scratch', device });
  },
  fit: async (trainer, { parameters, seed, has }) => {
    const trained = await trainOnClothes(trainer, { setting: parameters, seed, tested: 'held out' });
    const { accuracy } = await trained.outcome();
    if (trialOf(has).start !== 'frozen') await trained.reestimate();
    return { held_out_accuracy: accuracy, reestimated_accuracy: (await trained.outcome()).accuracy };
  },
  figures: [
    { name: 'held_out_accuracy', better: 'higher', percent: true, whenDiverged: 0.1 },
    { name: 'reestimated_accuracy', better: 'higher', percent: true, whenDiverged: 0.1 },
  ],
});

/** A plugin that does nothing. */
function onlyNamed(name: string): AnyPlugin {
  return { name: name.replaceAll(/[^a-z0-9]+/g, '-') };
}
