import { CantripError } from '@cantrip/errors';

const activity = /activity regularizer/;

/** What tfjs-layers refuses while a model is built, in our one sentence where it names no way out; else the error itself. */
export function refusedByLayers(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof CantripError || !activity.test(error.message))
    return error;
  return new CantripError('MODEL_INVALID', {
    who: 'trainer',
    what: 'a layer has an activityRegularizer, which TensorFlow.js does not follow',
    fix: 'Use kernelRegularizer, or give the outputs to regularize to a loss of their own',
    cause: error,
  });
}
