import * as tf from '@tensorflow/tfjs-core';
import { CantripError, describe, isPlainObject } from '@cantrip/errors';
import { leavesOf, type Tree } from './trees.ts';

/**
 * Checks the result of a step before it is used.
 *
 * @throws CantripError HOOK_ASYNC for a promise, HOOK_RESULT for anything other than tensors
 */
export function requireTree(returned: unknown): Tree<tf.Tensor> {
  if (returned instanceof Promise) {
    // The promise is ignored. If it rejects, that must not end the process instead of this error.
    returned.catch(() => undefined);
    throw new CantripError('HOOK_ASYNC', {
      who: 'captureStep',
      what: 'the step returned a promise',
      fix: 'Make the step synchronous, and wait for data before the call',
    });
  }
  leavesOf(returned as Tree<tf.Tensor>, isTensor);
  return returned as Tree<tf.Tensor>;
}

/** Whether a part of a step's result is a tensor. Otherwise it must contain tensors. */
export function isTensor(value: unknown): value is tf.Tensor {
  if (value instanceof tf.Tensor && !value.isDisposed) return true;
  if (Array.isArray(value) || isPlainObject(value)) return false;
  throw new CantripError('HOOK_RESULT', {
    who: 'captureStep',
    what: `the step returned ${value instanceof tf.Tensor ? 'a disposed tensor' : describe(value)} among its results`,
    fix: 'Return tensors, in plain objects or arrays',
  });
}
