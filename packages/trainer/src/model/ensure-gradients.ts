import * as tf from '@tensorflow/tfjs-core';
import { CantripError } from '@cantrip/errors';

/**
 * Makes sure that ops have gradients. tfjs-core registers none itself; importing tfjs-layers or tfjs does.
 *
 * @throws CantripError GRADIENTS_ABSENT
 */
export async function ensureGradients(): Promise<void> {
  if (tf.getGradient('MatMul') !== undefined) return;
  try {
    await import('@tensorflow/tfjs-layers');
  } catch (cause) {
    throw new CantripError('GRADIENTS_ABSENT', {
      who: 'trainer',
      what: 'tfjs-core has no gradients registered, and @tensorflow/tfjs-layers, which registers them, is not installed',
      fix: 'Run npm install @tensorflow/tfjs-layers',
      cause,
    });
  }
}
