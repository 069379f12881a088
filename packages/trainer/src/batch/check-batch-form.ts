import * as tf from '@tensorflow/tfjs-core';
import type { HostBatch, HostTensor } from '@cantrip/ops';
import { CantripError, describe } from '@cantrip/errors';
import { isHostTensor } from '@cantrip/plugin-kit';
import type { Batch } from '../contract/batch.ts';

/** The fields that a batch may have. */
const keys = ['inputs', 'targets', 'weights', 'size', 'release'];

/**
 * Checks that a batch is an object with inputs and targets, that its arrays have a type which the device accepts, and
 * that it has no unknown fields.
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
      what: `a batch has the unknown field ${unknown}`,
      fix: /weight|mask/i.test(unknown)
        ? 'Rename it to weights, or remove it'
        : 'Remove it; a batch may have inputs, targets, weights and size',
    });
  }
  checkGiven('inputs', given.inputs);
  checkGiven('targets', given.targets);
  if (given.weights !== undefined) checkGiven('weights', given.weights);
}

/**
 * Checks that a batch has inputs. A prediction needs nothing else.
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
 * Checks that a value is a tensor, a host tensor with values and shape, or several of these by name.
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
  value instanceof tf.Tensor || isHostTensor(value);

/**
 * Checks one tensor or one host tensor.
 *
 * @throws CantripError OPTION_INVALID, DTYPE_MISMATCH or SHAPE_MISMATCH
 */
export function checkOne(who: string, path: string, one: tf.Tensor | HostTensor): void {
  if (one instanceof tf.Tensor) {
    if (one.dtype === 'float32' || one.dtype === 'int32' || one.dtype === 'bool') return;
    throw new CantripError('DTYPE_MISMATCH', {
      who,
      what: `${path} must be float32, int32 or bool, got a tensor of ${one.dtype}`,
      fix: "Cast it, for example with tf.cast(tensor, 'float32')",
    });
  }
  const { values, shape, normalization } = one;
  const isTyped =
    values instanceof Float32Array || values instanceof Int32Array || values instanceof Uint8Array;
  if (!isTyped) {
    throw new CantripError('DTYPE_MISMATCH', {
      who,
      what: `${path}.values must be a Float32Array, Int32Array or Uint8Array, got ${describe(values)}`,
      fix: 'Convert it, for example with Float32Array.from(values, Number)',
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
    fix: 'Set shape to [examples, …]: integers whose product is the number of values',
  });
}

/** An unknown field may be a misspelt name. */
function refuseUnread(who: string, path: string, one: HostTensor): void {
  const known = ['values', 'shape', 'normalization'];
  const unread = Object.keys(one).find((key) => !known.includes(key));
  if (unread === undefined) return;
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `${path} has the unknown field ${unread}`,
    fix: `Remove it; the fields are ${known.join(', ')}`,
  });
}

function checkNormalization(who: string, path: string, normalization: unknown): void {
  const areNumbers = (part: unknown): boolean => [part].flat().every((one) => Number.isFinite(one));
  if (isRecord(normalization) && Object.keys(normalization).length === 2) {
    if (areNumbers(normalization['scale']) && areNumbers(normalization['offset'])) return;
  }
  throw new CantripError('OPTION_INVALID', {
    who,
    what: `${path}.normalization must have a scale and an offset, each one finite number or one for each channel, got ${describe(normalization)}`,
    fix: "Create it with standardization() of '@cantrip/data'",
  });
}

function notGiven(who: string, path: string, received: unknown): CantripError {
  const isPlain = Array.isArray(received) || ArrayBuffer.isView(received);
  return new CantripError('OPTION_INVALID', {
    who,
    what: `${path} must be a tensor, { values, shape }, or several of these by name, got ${describe(received)}`,
    fix: isPlain
      ? 'Write { values: Float32Array.from(numbers), shape: [examples, …] }, or tf.tensor(numbers)'
      : 'Pass a tensor, or { values: typedArray, shape: [examples, …] }',
  });
}

/** Checks the weights on the host: a negative weight or NaN would make every figure wrong. */
export function checkHostWeights(weights: readonly (readonly [string, HostTensor | tf.Tensor])[]): void {
  for (const [name, one] of weights) {
    if (one instanceof tf.Tensor) continue;
    const at = one.values.findIndex((weight) => !(weight >= 0 && weight < Infinity));
    if (at === -1) continue;
    throw new CantripError('OPTION_INVALID', {
      who: 'trainer',
      what: `${name ? `weights.${name}` : 'weights'} must be finite numbers >= 0, got ${one.values[at]!} at index ${at}`,
      fix: 'Use a finite weight >= 0 for each example; weight 0 ignores an example',
    });
  }
}
