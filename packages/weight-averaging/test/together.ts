import type { TrickTogether } from '@cantrip/testing';
import { stochasticWeightAveraging, weightAveraging } from '../src/index.ts';

/** What is tested together with every other trick. */
export const together: readonly TrickTogether[] = [
  { name: 'weight-averaging', create: () => weightAveraging({ decay: 0.8 }) },
  {
    name: 'weight-averaging/swa',
    create: () => stochasticWeightAveraging({ start: 6, every: 2, learningRate: 0.02, anneal: 3 }),
  },
];
