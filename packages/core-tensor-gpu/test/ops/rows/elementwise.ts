import * as tf from '@tensorflow/tfjs-core';
import {
  aboveOne,
  any,
  awayFromZero,
  belowOne,
  distinct,
  numbers,
  type OpRow,
  positive,
  row,
} from './op-row.ts';

const shape = [2, 3] as const;

/** Ops of one tensor. */
const alone: readonly OpRow[] = [
  row('Abs', 'abs', [awayFromZero(...shape)], tf.abs),
  row('Acos', 'acos', [belowOne(...shape)], tf.acos),
  row('Acosh', 'acosh', [aboveOne(...shape)], tf.acosh),
  row('Asin', 'asin', [belowOne(...shape)], tf.asin),
  row('Asinh', 'asinh', [any(...shape)], tf.asinh),
  row('Atan', 'atan', [any(...shape)], tf.atan),
  row('Atanh', 'atanh', [belowOne(...shape)], tf.atanh),
  row('Ceil', 'ceil', [numbers([-1.6, -0.4, 0.3, 1.7])], tf.ceil),
  row('ClipByValue', 'clipByValue', [numbers([-1.2, -0.4, 0.3, 1.7, 0.55])], (x) =>
    tf.clipByValue(x, -0.9, 0.6),
  ),
  row('Cos', 'cos', [any(...shape)], tf.cos),
  row('Cosh', 'cosh', [any(...shape)], tf.cosh),
  row('Elu', 'elu', [awayFromZero(...shape)], tf.elu),
  row('Erf', 'erf', [any(...shape)], tf.erf),
  row('Exp', 'exp', [any(...shape)], tf.exp),
  row('Expm1', 'expm1', [any(...shape)], tf.expm1),
  row('Floor', 'floor', [numbers([-1.6, -0.4, 0.3, 1.7])], tf.floor),
  row('LeakyRelu', 'leakyRelu', [awayFromZero(...shape)], (x) => tf.leakyRelu(x, 0.3)),
  row('Log', 'log', [positive(...shape)], tf.log),
  row('Log1p', 'log1p', [belowOne(...shape)], tf.log1p),
  row('Softplus', 'logSigmoid', [any(...shape)], tf.logSigmoid),
  row('Neg', 'neg', [any(...shape)], tf.neg),
  row('Reciprocal', 'reciprocal', [positive(...shape)], tf.reciprocal),
  row('Relu', 'relu', [awayFromZero(...shape)], tf.relu),
  row('Relu6', 'relu6', [numbers([-1, 0.5, 3, 5.8, 6.4, 9])], tf.relu6),
  row('Relu6', 'relu6 at its bounds', [numbers([0, 6, 1])], tf.relu6, { atKink: [[0, 0, weight(2)]] }),
  row('Round', 'round', [numbers([-1.6, -0.4, 0.3, 1.7])], tf.round),
  row('Rsqrt', 'rsqrt', [positive(...shape)], tf.rsqrt),
  row('Selu', 'selu', [awayFromZero(...shape)], tf.selu),
  row('Sigmoid', 'sigmoid', [any(...shape)], tf.sigmoid),
  row('Sign', 'sign', [awayFromZero(...shape)], tf.sign),
  row('Sin', 'sin', [any(...shape)], tf.sin),
  row('Sinh', 'sinh', [any(...shape)], tf.sinh),
  row('Softplus', 'softplus', [any(...shape)], tf.softplus),
  row('Sqrt', 'sqrt', [positive(...shape)], tf.sqrt),
  row('Square', 'square', [any(...shape)], tf.square),
  row('Step', 'step', [awayFromZero(...shape)], (x) => tf.step(x, 0.2)),
  row('Tan', 'tan', [any(...shape)], tf.tan),
  row('Tanh', 'tanh', [any(...shape)], tf.tanh),
  row('Identity', 'clone', [any(...shape)], (x) => tf.clone(x)),
  row('Cast', 'a cast to the same type', [any(...shape)], (x) => tf.mul(tf.cast(x, 'float32'), x)),
  row('Cast', 'a cast to whole numbers', [numbers([-1.6, -0.4, 0.3, 1.7])], (x) =>
    tf.add(tf.cast(tf.cast(x, 'int32'), 'float32'), x),
  ),
  row('OnesLike', 'onesLike', [any(...shape)], (x) => tf.mul(tf.onesLike(x), x)),
  row('ZerosLike', 'zerosLike', [any(...shape)], (x) => tf.add(tf.zerosLike(x), x)),
  row('IsNan', 'isNaN', [any(...shape)], (x) => tf.add(tf.cast(tf.isNaN(x), 'float32'), x)),
  row('IsInf', 'isInf', [any(...shape)], (x) => tf.add(tf.cast(tf.isInf(x), 'float32'), x)),
  row('IsFinite', 'isFinite', [any(...shape)], (x) => tf.add(tf.cast(tf.isFinite(x), 'float32'), x)),
  row('Relu', 'relu of nothing', [any(0, 3)], tf.relu),
];

/** Shapes of two inputs: equal, a bias, both repeated, a number, and a stack of images. */
const pairs: readonly (readonly [a: number[], b: number[]])[] = [
  [
    [2, 3],
    [2, 3],
  ],
  [[2, 3], [3]],
  [
    [2, 1, 3],
    [3, 1],
  ],
  [[], [3]],
  [[1, 3], [3]],
  [
    [2, 3, 2, 1, 2],
    [3, 1, 2, 1],
  ],
];

type Pair = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;
type Draw = (...shape: number[]) => OpRow['inputs'][number];

const ofTwo: readonly (readonly [kernel: string, op: string, Pair, a: Draw, b: Draw])[] = [
  ['Add', 'add', tf.add, any, any],
  ['Sub', 'sub', tf.sub, any, any],
  ['Multiply', 'mul', tf.mul, any, any],
  ['RealDiv', 'div', tf.div, any, awayFromZero],
  ['RealDiv', 'divNoNan', tf.divNoNan, any, awayFromZero],
  ['SquaredDifference', 'squaredDifference', tf.squaredDifference, any, any],
  ['Pow', 'pow', tf.pow, positive, any],
  ['Atan2', 'atan2', tf.atan2, positive, awayFromZero],
  [
    'Mod',
    'mod',
    (a, b) => tf.mod(a, b),
    (...s) => shifted(any(...s), 2.55, 0.2),
    (...s) => shifted(belowOne(...s), 1, 0.05),
  ],
  [
    'Maximum',
    'maximum',
    tf.maximum,
    (...s) => shifted(belowOne(...s), 0, 0.5),
    (...s) => shifted(awayFromZero(...s), 0, 3),
  ],
  [
    'Minimum',
    'minimum',
    tf.minimum,
    (...s) => shifted(belowOne(...s), 0, 0.5),
    (...s) => shifted(awayFromZero(...s), 0, 3),
  ],
  [
    'Select',
    'where',
    (a, b) => tf.where(tf.tensor([true, false, true]), tf.add(a, tf.zeros([3])), tf.add(b, tf.zeros([3]))),
    any,
    any,
  ],
  [
    'FloorDiv',
    'floorDiv',
    (a, b) => tf.add(tf.floorDiv(a, b), tf.mul(a, b)),
    (...s) => shifted(any(...s), 2.55, 0.2),
    (...s) => shifted(belowOne(...s), 1, 0.05),
  ],
];

const shifted = (
  { shape, values }: OpRow['inputs'][number],
  by: number,
  times = 1,
): OpRow['inputs'][number] => ({
  shape,
  values: values.map((x) => x * times + by),
});

const combined = ofTwo.flatMap(([kernel, op, combine, drawA, drawB]) =>
  pairs
    .filter(([, b]) => op !== 'where' || b.at(-1) === 3)
    .map(([a, b]) => row(kernel, `${op} of [${a}] and [${b}]`, [drawA(...a), drawB(...b)], combine)),
);

/** What only some values show. */
const awkward: readonly OpRow[] = [
  row('RealDiv', 'divNoNan by 0', [numbers([1, -2, 3]), numbers([0, 2, 0])], tf.divNoNan, {
    atKink: [
      [0, weight(1) / 2, 0],
      [0, (weight(1) * 2) / 4, 0],
    ],
  }),
  row(
    'RealDiv',
    'div by numbers of which the square is none',
    [numbers([1e-24, 2e-24])],
    (a) => tf.div(a, tf.tensor1d([1e-24, 2e-24])),
    { atKink: [[weight(0) / 1e-24, weight(1) / 2e-24]], onlyOnce: true },
  ),
  row(
    'Pow',
    'pow of 0 with whole exponents',
    [numbers([0, 0, 0, 0])],
    (a) => tf.pow(a, tf.tensor1d([0, 1, 2, 3])),
    {
      atKink: [[0, weight(1), 0, 0]],
    },
  ),
  row('Pow', 'pow of negative numbers', [numbers([-2, -0.5, -1.5])], (a) =>
    tf.pow(a, tf.tensor1d([2, 3, -1])),
  ),
  row('Pow', 'pow with a whole number', [awayFromZero(2, 3)], (a) => tf.pow(a, 3)),
  row('Maximum', 'maximum at ties', [numbers([1, 2]), numbers([1, 3])], tf.maximum, {
    atKink: [
      [weight(0), 0],
      [0, weight(1)],
    ],
  }),
  row('Minimum', 'minimum at ties', [numbers([1, 2]), numbers([1, 1])], tf.minimum, {
    atKink: [
      [weight(0), 0],
      [0, weight(1)],
    ],
  }),
  row('Select', 'where with a condition that broadcasts', [any(2, 3), any(2, 3)], (a, b) =>
    tf.where(tf.tensor2d([[true], [false]]), a, b),
  ),
  row('Prelu', 'prelu', [awayFromZero(2, 3), any(2, 3)], tf.prelu),
  row('Prelu', 'prelu with a slope for each channel', [awayFromZero(2, 3, 2), any(2)], tf.prelu),
  row('GreaterEqual', 'a mask by greaterEqual', [distinct(5), any(5)], (a, b) =>
    tf.mul(tf.cast(tf.greaterEqual(a, 0.1), 'float32'), b),
  ),
  row('AddN', 'addN', [any(2, 3), any(2, 3), any(2, 3)], (...all) => tf.addN(all)),
];

/** The weight that a result's number at this place has. */
function weight(at: number): number {
  return Math.fround(Math.sin(1.7 * at) + 0.3);
}

export const elementwiseRows: readonly OpRow[] = [...alone, ...combined, ...awkward];
