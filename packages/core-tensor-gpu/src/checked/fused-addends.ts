import { CantripError, describe } from '@cantrip/errors';
import * as tf from '@tensorflow/tfjs-core';
import type { Attributes, Inputs, KernelChecks, RunningEngine } from './kernel-checks.ts';

/** The fused ops, by the scope that tfjs-core opens for each. */
const fusedOps: Readonly<Record<string, string>> = {
  fusedConv2d__op: 'fused.conv2d',
  fusedDepthwiseConv2d__op: 'fused.depthwiseConv2d',
  fusedMatMul__op: 'fused.matMul',
};

const activations = ['linear', 'relu', 'relu6', 'elu', 'leakyrelu', 'prelu', 'sigmoid'];

/**
 * Refuses a bias or slopes that would enlarge the result of a fused op, on every device.
 *
 * tfjs-core accepts them, because they broadcast with the product. Then the result has another shape than the op
 * declares, or a kernel reads foreign memory. Where an activation is differentiated, tfjs-core calls the single ops;
 * these are checked too.
 *
 * @throws CantripError OPTION_INVALID, SHAPE_MISMATCH
 */
export const fusedChecks: KernelChecks = {
  [tf._FusedMatMul]: ({ a, b, ...added }, attrs) => {
    const who = 'fused.matMul';
    const [countOfA, countOfB] = [a!.shape[0]!, b!.shape[0]!];
    if (countOfA !== countOfB && countOfA !== 1 && countOfB !== 1) {
      throw new CantripError('SHAPE_MISMATCH', {
        who,
        what: `multiplies stacks of ${countOfA} and ${countOfB} matrices, but TensorFlow.js joins their axes before they broadcast`,
        fix: 'Use tf.matMul, tf.add and the activation',
      });
    }
    const rows = a!.shape[attrs['transposeA'] === true ? 2 : 1]!;
    const columns = b!.shape[attrs['transposeB'] === true ? 1 : 2]!;
    const count = countOfA === 1 ? countOfB : countOfA;
    checkAdded(who, added, attrs, count === 1 ? [rows, columns] : [count, rows, columns]);
  },
  [tf.FusedConv2D]: (inputs, attrs, { backendName }) =>
    checkConvolution('fused.conv2d', inputs, attrs, backendName),
  [tf.FusedDepthwiseConv2D]: (inputs, attrs, { backendName }) =>
    checkConvolution('fused.depthwiseConv2d', inputs, attrs, backendName),
  [tf.Reshape]: ({ x }, _, engine) => {
    if (fusedOpAround(engine) !== 'fused.matMul' || x!.rank >= 2) return;
    throw new CantripError('SHAPE_MISMATCH', {
      who: 'fused.matMul',
      what: `multiplies matrices, got ${describe(x)}`,
      fix: 'Add an axis with tf.expandDims',
    });
  },
  [tf.Add]: ({ a, b }, _, engine) => {
    const who = fusedOpAround(engine);
    if (who !== undefined) requireFit(who, 'a bias', b!.shape, a!.shape);
  },
  [tf.Prelu]: ({ x, alpha }, _, engine) => {
    const who = fusedOpAround(engine);
    if (who !== undefined) requireFit(who, 'preluActivationWeights', alpha!.shape, x!.shape);
  },
};

/** The fused op that calls the op which runs now, if one does. */
function fusedOpAround({ state: { scopeStack } }: RunningEngine): string | undefined {
  const around = scopeStack.at(-2);
  return around && fusedOps[around.name];
}

function checkConvolution(
  who: string,
  { x, filter, ...added }: Inputs,
  attrs: Attributes,
  backend: string,
): void {
  const { strides, dilations, pad, dimRoundingMode, dataFormat } = attrs as unknown as tf.FusedConv2DAttrs;
  if (dataFormat !== 'NHWC') {
    // tfjs-core itself checks the bias.
    if (!['tensorflow', 'wasm'].includes(backend)) return;
    throw new CantripError('OPTION_INVALID', {
      who,
      what: `has no dataFormat '${dataFormat}' on this device, which needs channels last`,
      fix: 'Move the channels to the last axis with tf.transpose',
    });
  }
  const { outShape } = tf.backend_util.computeConv2DInfo(
    x!.shape as [number, number, number, number],
    filter!.shape as [number, number, number, number],
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    who === fusedOps['fusedDepthwiseConv2d__op'],
  );
  checkAdded(who, added, attrs, outShape, outShape.length);
}

function checkAdded(
  who: string,
  { bias, preluActivationWeights: slopes }: Inputs,
  attrs: Attributes,
  result: readonly number[],
  axes = Infinity,
): void {
  const activation = attrs['activation'] as string;
  if (!activations.includes(activation)) {
    throw new CantripError('OPTION_INVALID', {
      who,
      what: `has no activation ${JSON.stringify(activation)}`,
      fix: `Use one of ${activations.join(', ')}`,
    });
  }
  if (bias) requireFit(who, 'a bias', bias.shape, result, axes);
  if (activation !== 'prelu') return;
  if (!slopes) {
    throw new CantripError('OPTION_INVALID', {
      who,
      what: "has the activation 'prelu', but no slopes",
      fix: 'Pass them as preluActivationWeights',
    });
  }
  requireFit(who, 'preluActivationWeights', slopes.shape, result, axes);
}

/**
 * Requires a shape that broadcasts to the shape of the result and does not enlarge it.
 *
 * @param axes - the most axes that the shape may have; a product of matrices drops axes of size 1 in front of its own
 */
function requireFit(
  who: string,
  what: string,
  shape: readonly number[],
  result: readonly number[],
  axes = result.length,
): void {
  const fits = shape.every((size, at) => size === 1 || size === result[at + result.length - shape.length]);
  if (fits && shape.length <= axes) return;
  throw new CantripError('SHAPE_MISMATCH', {
    who,
    what: `got ${what} of shape [${shape.join(', ')}], which does not fit the result of shape [${result.join(', ')}]`,
    fix: 'Reshape it to at most as many axes, each of size 1 or as long as that of the result',
  });
}
