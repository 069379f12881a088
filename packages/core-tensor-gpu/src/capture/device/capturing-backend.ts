import * as tf from '@tensorflow/tfjs-core';
import { CantripError } from '@cantrip/errors';
import type { NativeBackend } from '../../native/upstream/upstream.ts';

/** Returns why the open device cannot capture; undefined if it can. */
export function whyNoCapture(): string | undefined {
  const name = tf.getBackend();
  return name === 'tensorflow' ? undefined : `${name ?? 'no device'} runs op by op`;
}

/**
 * The backend that records a step.
 *
 * @throws CantripError CAPTURE_UNSUPPORTED
 */
export function capturingBackend(): NativeBackend {
  const reason = whyNoCapture();
  if (reason === undefined) return tf.backend() as NativeBackend;
  throw new CantripError('CAPTURE_UNSUPPORTED', {
    who: 'captureStep',
    what: `a step can be captured only on TensorFlow, but ${reason}`,
    fix: "Open the device 'tensorflow' or 'cuda', or run the step op by op",
  });
}
