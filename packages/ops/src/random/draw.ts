import { CantripError, checkArgument, isPlainObject, tensorCheck } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import { hasKernel, runBackendKernel } from '../kernels/backend-kernel.ts';
import { type KernelName, kernelNames } from '../kernels/kernel-names.ts';
import { fillNormal, type FillPlace, fillUniform } from './fill.ts';
import { checkBlock, checkPlace, checkStep, invalid, keyOf, split } from './stream-key.ts';

/** Where a tensor's random numbers begin, with an optional tensor that holds the step. */
export interface DrawPlace extends FillPlace {
  /**
   * The step as an int32 scalar, from {@link stepTensor}. If the backend has its own kernel, that kernel reads this
   * tensor, so a recorded draw gives new numbers when another step is fed. Other backends read `step`. Both must
   * have the same value.
   */
  readonly stepTensor?: tf.Scalar;
}

/**
 * A tensor of uniform numbers in [0, 1). They depend only on `place`, and are the same on every device, bit for bit.
 *
 * The backend's kernel draws them (TensorFlow: `StatelessRandomUniformV2`). Without a kernel, {@link fillUniform}
 * does.
 *
 * @param place - `step` in [0, 2^53), or below 2^31 with `stepTensor`
 * @returns float32; the next tensor of this stream and step begins `blocksIn(shape)` blocks later
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * const place = { seed: 42, stream: 'dropout', step: 7 };
 * drawUniform([2], place); // [0.27515006, 0.8201572]
 * drawUniform([2], { ...place, block: blocksIn([2]) }); // other numbers
 * ```
 * @see Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011
 */
export function drawUniform(shape: readonly number[], place: DrawPlace): tf.Tensor {
  return draw(shape, place, { who: 'drawUniform', kernel: kernelNames.drawUniform, fill: fillUniform });
}

/**
 * A tensor of standard normal numbers. They depend only on `place`, and are the same on every device to 1e-6.
 *
 * The backend's kernel draws them (TensorFlow: `StatelessRandomNormalV2`). Without a kernel, {@link fillNormal}
 * does.
 *
 * @param place - `step` in [0, 2^53), or below 2^31 with `stepTensor`
 * @returns float32; the next tensor of this stream and step begins `blocksIn(shape)` blocks later
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * drawNormal([2], { seed: 42, stream: 'dropout', step: 7 }); // [-1.4529382, 0.6854545]
 * ```
 */
export function drawNormal(shape: readonly number[], place: DrawPlace): tf.Tensor {
  return draw(shape, place, { who: 'drawNormal', kernel: kernelNames.drawNormal, fill: fillNormal });
}

/** The number of blocks, of four numbers each, that a tensor of this shape needs. */
export function blocksIn(shape: readonly number[]): number {
  checkShape('blocksIn', shape);
  return Math.ceil(tf.util.sizeFromShape([...shape]) / 4);
}

/**
 * Converts a step to the tensor that {@link DrawPlace} needs for a kernel.
 *
 * @throws CantripError OPTION_INVALID unless the step is an integer in [0, 2^31)
 * @example
 * ```ts
 * const step = 7;
 * drawUniform([4], { seed: 42, stream: 'dropout', step, stepTensor: stepTensor(step) });
 * ```
 */
export function stepTensor(step: number): tf.Scalar {
  checkInt32('stepTensor', step);
  return tf.scalar(step, 'int32');
}

interface Drawing {
  readonly who: string;
  readonly kernel: KernelName;
  readonly fill: typeof fillUniform;
}

function draw(shape: readonly number[], place: DrawPlace, { who, kernel, fill }: Drawing): tf.Tensor {
  checkShape(who, shape);
  const { stepTensor: given, ...rest } = checkDrawPlace(who, place);
  const { step = 0, block = 0 } = rest;
  const key = keyOf(who, place);
  checkStep(who, step);
  checkBlock(who, block);
  if (given) checkStepTensor(who, step, given);
  if (hasKernel(kernel)) {
    const counter = { block: split(BigInt(block)), step: split(BigInt(step)) };
    return runBackendKernel(kernel, given ? { step: given } : {}, { shape, key: split(key), ...counter })[0]!;
  }
  const values = new Float32Array(tf.util.sizeFromShape([...shape]));
  fill(values, rest);
  return tf.tensor(values, [...shape], 'float32');
}

function checkDrawPlace(who: string, place: DrawPlace): DrawPlace {
  if (!isPlainObject(place)) throw invalid(who, 'place', 'must be { seed, stream, … }', place);
  const { stepTensor: given, ...rest } = place;
  checkPlace(who, rest);
  if (given !== undefined) checkArgument(who, 'stepTensor', tensorCheck, given);
  return place;
}

function checkShape(who: string, shape: unknown): void {
  const isLength = (length: unknown): boolean => Number.isSafeInteger(length) && (length as number) >= 0;
  if (Array.isArray(shape) && shape.every(isLength)) return;
  throw invalid(who, 'shape', 'must be an array of integers of at least 0', shape);
}

function checkStepTensor(who: string, step: number, tensor: tf.Scalar): void {
  checkInt32(who, step);
  if (tensor.dtype === 'int32' && tensor.rank === 0) return;
  throw new CantripError('DTYPE_MISMATCH', {
    who,
    what: `stepTensor must be an int32 scalar, got ${tensor.dtype} of shape [${tensor.shape.join(', ')}]`,
    fix: 'Create it with stepTensor(step)',
  });
}

function checkInt32(who: string, step: number): void {
  if (Number.isInteger(step) && step >= 0 && step < 2 ** 31) return;
  throw invalid(who, 'step', 'must be an integer in [0, 2^31) as a tensor', step);
}
