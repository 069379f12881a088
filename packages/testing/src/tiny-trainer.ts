import { sgd } from '@cantrip/optimizers';
import {
  accuracy,
  type AnyPlugin,
  createTrainer,
  type Plugin,
  softmaxCrossEntropy,
  type Trainer,
  type TrainerOptions,
} from '@cantrip/trainer';
import { tinyModel } from './tiny-model.ts';

/** The seed of a tiny trainer without a plugin that sets one. */
export const TINY_SEED = 7;

/** A trainer of the tiny model with these plugins. It has a fixed seed unless a plugin sets one. */
export function tinyTrainer(
  plugins: readonly AnyPlugin[] = [],
  options: Partial<TrainerOptions> = {},
): Trainer {
  const seeded = plugins.some(({ seed }) => seed !== undefined);
  return createTrainer({
    device: 'cpu',
    model: tinyModel,
    optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }),
    loss: softmaxCrossEntropy(),
    metrics: [accuracy()],
    plugins: seeded ? plugins : [fixedSeed, ...plugins],
    handleInterrupt: false,
    log: () => undefined,
    ...options,
  });
}

const fixedSeed: Plugin = { name: 'tiny-seed', seed: TINY_SEED };
