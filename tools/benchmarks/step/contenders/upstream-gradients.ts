import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers';

/**
 * Takes note of tfjs-core's own gradients, to be called before a device of ours is opened, which puts faster ones in
 * the place of some.
 *
 * @returns what puts tfjs-core's back
 */
export function upstreamGradients(): () => void {
  const noted = kernelNames().flatMap((name) => tf.getGradient(name) ?? []);
  if (noted.length === 0) throw new Error('tfjs-core has registered no gradients');
  return () => {
    for (const gradient of noted) {
      if (tf.getGradient(gradient.kernelName) === gradient) continue;
      tf.unregisterGradient(gradient.kernelName);
      tf.registerGradient(gradient);
    }
  };
}

/** tfjs-core exports each kernel's name as a constant. */
function kernelNames(): string[] {
  return Object.values(tf).filter((value) => typeof value === 'string');
}
