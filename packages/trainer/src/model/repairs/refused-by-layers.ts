import { CantripError } from '@cantrip/errors';

const activity = /activity regularizer/;

/** Replaces an error of tfjs-layers that gives no way out by one of ours. Other errors are returned unchanged. */
export function refusedByLayers(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof CantripError || !activity.test(error.message))
    return error;
  return new CantripError('MODEL_INVALID', {
    who: 'trainer',
    what: 'a layer has an activityRegularizer, but TensorFlow.js ignores it',
    fix: 'Use kernelRegularizer, or add an output with a loss for the values to regularize',
    cause: error,
  });
}
