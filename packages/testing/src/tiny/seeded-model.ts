import { randomStream, withHostRandom } from '@cantrip/ops';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { TINY_SEED } from './tiny-trainer.ts';

/**
 * The same function, whose models begin with the same weights at each call in every process. The trainer draws the
 * weights of a model that it builds by the seed of the run; a model that is built outside of it has no seed.
 */
export const seededModel =
  (make: () => LayersModel): (() => LayersModel) =>
  () =>
    withHostRandom(randomStream({ seed: TINY_SEED, stream: 'initial-weights' }), make);
