import * as tf from '@tensorflow/tfjs-core';
import type { HostBatch, HostTensor } from '@cantrip/ops';
import { CantripError, describe } from '@cantrip/errors';
import type { Batch } from '../contract/batch.ts';

/** What is read of a batch. */
const keys = ['inputs', 'targets', 'weights', 'size', 'release'];

/**
 * Checks that a batch is an object with inputs and targets, holds arrays that the device takes, and nothing that nobody
 * reads.
 *
 * @throws CantripError OPTION_INVALID or DTYPE_MISMATCH
 */
export function checkBatchForm(given: HostBatch | Batch): void {
  if (typeof given !== 'object' || given === null || !('inputs' in given) || !('targets' in given))
    throw noBatch('trainer', '{ inputs, targets }', given);
  const unknown = Object.keys(given).find((key) => !keys.includes(key));
  if (unknown !== undefined) {
    throw new CantripError('OPTION_INVALID', {
      who: 'trainer',
      what: `a batch has ${unknown}, which nobody reads`,
      fix: /weight|mask/i.test(unknown)
        ? 'Did you mean weights? Name it so, or leave it out'
        : 'A batch has inputs, targets, weights and size',
    });
  }
  checkGiven('inputs', given.inputs);
  checkGiven('targets', given.targets);
  if (given.weights !== undefined) checkGiven('weights', given.weights);
}

/**
 * Checks that a batch has inputs, of which alone a prediction is made.
 *
 * @throws CantripError OPTION_INVALID, DTYPE_MISMATCH or SHAPE_MISMATCH
 */
export function checkInputsForm(given: HostBatch | Batch): void {
  if (typeof given !== 'object' || given === null || !('inputs' in given))
    throw noBatch('predict', '{ inputs }', given);
  checkGiven('inputs', given.inputs, 'predict');
}

function noBatch(who: string, form: string, received: unknown): CantripError {
  return new CantripError('OPTION_INVALID', {
    who,
    what: `a batch must be ${form}, got ${describe(received)}`,
    fix: `Yield ${form} from batches()`,
  });
}

/**
 * Checks that something is a tensor, numbers of the host with a shape, or several of these by name.
 *
 * @throws CantripError OPTION_INVALID, DTYPE_MISMATCH or SHAPE_MISMATCH
 */
export function checkGiven(path: string, given: unknown, who = 'trainer'): void {
  if (isOne(given)) return checkOne(who, path, given);
  if (!isRecord(given) || Object.keys(given).length === 0) throw notGiven(who, path, given);
  for (const [name, one] of Object.entries(given)) {
    if (!isOne(one)) throw notGiven(who, `${path}.${name}`, one);
    checkOne(who, `${path}.${name}`, one);
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);

const isOne = (value: unknown): value is tf.Tensor | HostTensor =>
  value instanceof tf.Tensor || (isRecord(value) && 'values' in value && 'shape' in value);

/**
 * Checks a tensor, or numbers of the host with a shape.
 *
 * @throws CantripError OPTION_INVALID, DTYPE_MISMATCH or SHAPE_MISMATCH
 */
export function checkOne(who: string, path: string, one: tf.Tensor | HostTensor): void {
  if (one instanceof tf.Tensor) {
    if (one.dtype === 'float32' || one.dtype === 'int32' || one.dtype === 'bool') return;
    throw new CantripError('DTYPE_MISMATCH', {
      who,
      what: `${path} must be float32, int32 or bool, got a tensor of ${one.dtype}`,
      fix: 'Cast it, or give numbers',
    });
  }
  const { values, shape, normalization } = one;
  const isTyped =
    values instanceof Float32Array || values instanceof Int32Array || values instanceof Uint8Array;
  if (!isTyped) {
    throw new CantripError('DTYPE_MISMATCH', {
      who,
      what: `${path}.values must be a Float32Array, Int32Array or Uint8Array, got ${describe(values)}`,
      fix: 'Convert it, e.g. by Float32Array.from(values, Number)',
    });
  }
  const sizes: readonly number[] = Array.isArray(shape) ? (shape as readonly number[]) : [NaN];
  const areSizes = sizes.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (areSizes && sizes.reduce((product, size) => product * size, 1) === values.length) {
    if (normalization !== undefined) checkNormalization(who, path, normalization);
    return refuseUnread(who, path, one);
  }
  throw new CantripError('SHAPE_MISMATCH', {
    who,
    what: `${path}.shape is ${describe(shape)}, but ${path}.values holds ${values.length} numbers`,
    fix: 'Give a shape [examples, …] of whole numbers whose product is the number of values',
  });
}

/** What nobody reads may be a misspelt word. */
function refuseUnread(who: string, path: string, one: HostTensor): void {
  const known = ['values', 'shape', 'normalization'];
  const unread = Object.keys(one).find((key) => !known.includes(key));
  if (unread === undefined) return;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `${path} has ${unread}, which nobody reads`,
    fix: `It may have ${known.join(', ')}`,
  });
}

function checkNormalization(who: string, path: string, normalization: unknown): void {
  const areNumbers = (part: unknown): boolean => [part].flat().every((one) => Number.isFinite(one));
  if (isRecord(normalization) && Object.keys(normalization).length === 2) {
    if (areNumbers(normalization['scale']) && areNumbers(normalization['offset'])) return;
  }
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `${path}.normalization must have a scale and an offset, each a finite number or one for each channel, got ${describe(normalization)}`,
    fix: "Make it with standardization() of '@cantrip/data'",
  });
}

function notGiven(who: string, path: string, received: unknown): CantripError {
  const isPlain = Array.isArray(received) || ArrayBuffer.isView(received);
  return new CantripError('OPTION_INVALID', {
    who,
    what: `${path} must be a tensor, { values, shape }, or several of these by name, got ${describe(received)}`,
    fix: isPlain
      ? 'Write { values: Float32Array.from(numbers), shape: [examples, …] }, or tf.tensor(numbers)'
      : 'Give a tensor, or { values: typedArray, shape: [examples, …] }',
  });
}

/** Weights on the host are looked at: a weight below 0, or none, would spoil every figure. */
export function checkHostWeights(weights: readonly (readonly [string, HostTensor | tf.Tensor])[]): void {
  for (const [name, one] of weights) {
    if (one instanceof tf.Tensor) continue;
    const at = one.values.findIndex((weight) => !(weight >= 0 && weight < Infinity));
    if (at === -1) continue;
    throw new CantripError('OPTION_INVALID', {
      who: 'trainer',
      what: `${name ? `weights.${name}` : 'weights'} must be finite numbers of at least 0, got ${one.values[at]!} at ${at}`,
      fix: 'Correct the weights; 0 leaves an example out',
    });
  }
}
