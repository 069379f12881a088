import * as tf from '@tensorflow/tfjs-core';
import type { StockCall } from '../../stock/stock-backend.ts';
import { computedOnHost, type Kernel, tracked } from './on-host.ts';
import { type Program, runProgram } from './program.ts';

type Code = string | ((attrs: StockCall['attrs']) => string);

const truth = (condition: string): string => `select(0, 1, ${condition})`;

/** WGSL of two integers `a` and `b`; a quotient by 0 is 0, as on the host. */
const ofTwo: Readonly<Record<string, string>> = {
  [tf.Add]: 'a + b',
  [tf.Sub]: 'a - b',
  [tf.Multiply]: 'a * b',
  [tf.FloorDiv]: 'floorDiv(a, b)',
  [tf.Mod]: 'a - floorDiv(a, b) * b',
  [tf.Maximum]: 'max(a, b)',
  [tf.Minimum]: 'min(a, b)',
  [tf.SquaredDifference]: '(a - b) * (a - b)',
};

const comparisons: Readonly<Record<string, string>> = {
  [tf.Equal]: truth('a == b'),
  [tf.NotEqual]: truth('a != b'),
  [tf.Less]: truth('a < b'),
  [tf.LessEqual]: truth('a <= b'),
  [tf.Greater]: truth('a > b'),
  [tf.GreaterEqual]: truth('a >= b'),
};

/** WGSL of one integer `a`. */
const ofOne: Readonly<Record<string, Code>> = {
  [tf.Abs]: 'abs(a)',
  [tf.ClipByValue]: ({ clipValueMin, clipValueMax }) =>
    `clamp(a, ${whole(clipValueMin as number)}, ${whole(clipValueMax as number)})`,
  [tf.Neg]: '-a',
  [tf.Relu]: 'max(a, 0)',
  [tf.Relu6]: 'clamp(a, 0, 6)',
  [tf.Sign]: 'sign(a)',
  [tf.Square]: 'a * a',
};

const functions = `
  fn floorDiv(a : i32, b : i32) -> i32 {
    if (b == 0) { return 0; }
    let quotient = a / b;
    return select(quotient, quotient - 1, quotient * b != a && ((a < 0) != (b < 0)));
  }`;

const whole = (x: number): number => Math.min(2 ** 31 - 1, Math.max(-(2 ** 31) + 1, Math.trunc(x)));

/** Kernels that compute with integers. */
export const integerKernels: readonly string[] = [ofTwo, comparisons, ofOne].flatMap(Object.keys);

/**
 * Runs a kernel on integers, exact for all of them. The stock programs compute with float32, which holds integers up
 * to 2^24.
 */
export function withIntegers(kernelName: string, call: StockCall, stock: Kernel): ReturnType<Kernel> {
  const inputs = Object.values(call.inputs);
  if (!inputs.every(({ dtype }) => dtype === 'int32')) return stock(call);
  return tf.tidy((): tf.Tensor | tf.Tensor[] => {
    // The host computes it with floats.
    const onHost = kernelName === tf.Abs ? undefined : computedOnHost(call, stock);
    if (onHost) return onHost;
    const one = ofOne[kernelName];
    return tracked(runProgram(call.backend, one ? single(call, one) : pair(kernelName, call)));
  });
}

function single({ inputs, attrs }: StockCall, code: Code): Program {
  const x = inputs['x']!;
  const expression = typeof code === 'string' ? code : code(attrs);
  return {
    name: `whole ${expression}`,
    code: `let a = A[index]; result[index] = ${expression};`,
    inputs: [x],
    shape: x.shape,
    dtype: 'int32',
  };
}

function pair(kernelName: string, { inputs }: StockCall): Program {
  const { a, b } = inputs as { a: tf.TensorInfo; b: tf.TensorInfo };
  const shape = tf.backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
  const places = [a, b].map((x) => placeOf(x.shape, shape));
  const expression = (ofTwo[kernelName] ?? comparisons[kernelName])!;
  return {
    name: `whole ${expression} ${places.join(' ')}`,
    functions,
    code: `let a = A[${places[0]}]; let b = B[${places[1]}]; result[index] = ${expression};`,
    inputs: [a, b],
    shape,
    dtype: kernelName in comparisons ? 'bool' : 'int32',
  };
}

/** WGSL for the place in a tensor that broadcasts to this shape. */
function placeOf(own: readonly number[], shape: readonly number[]): string {
  if (tf.util.sizeFromShape([...own]) === 1) return '0';
  if (tf.util.arraysEqual([...own], [...shape])) return 'index';
  const missing = shape.length - own.length;
  const terms = own.flatMap((size, axis) => {
    if (size === 1) return [];
    const [after, step] = [shape.slice(missing + axis + 1), own.slice(axis + 1)].map((some) =>
      tf.util.sizeFromShape([...some]),
    );
    return [`(index / ${after}) % ${size} * ${step}`];
  });
  return terms.join(' + ');
}
