import {
  cosine,
  greedyLearningRate,
  hyperparameterSchedule,
  linear,
  lrSchedule,
  reduceOnPlateau,
} from '@cantrip/lr-schedules';
import { scheduled, sgd } from '@cantrip/optimizers';
import type { TrickTogether } from '@cantrip/testing';

/** What is tested together with every other trick. */
export const together: readonly TrickTogether[] = [
  { name: 'lr-schedules', create: () => lrSchedule(cosine({ value: 0.05, steps: 20 })) },
  {
    name: 'lr-schedules/greedy',
    // Raised to 1, the rate would let some pairs diverge.
    create: () => greedyLearningRate({ monitor: 'loss', every: 1, patience: 0, factor: 0.5, maximum: 0.1 }),
  },
  {
    name: 'lr-schedules/plateau',
    create: () => reduceOnPlateau({ monitor: 'loss', patience: 0, factor: 0.5, threshold: 10 }),
  },
  {
    name: 'lr-schedules/hyperparameters',
    optimizer: () => sgd({ learningRate: 0.05, momentum: scheduled('momentum') }),
    create: () =>
      hyperparameterSchedule({ momentum: linear({ initialValue: 0.5, endValue: 0.9, steps: 20 }) }),
  },
];
