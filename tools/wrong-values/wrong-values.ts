import * as tf from '@tensorflow/tfjs-core';
import { sgd } from '@cantrip/optimizers';

/** A value that somebody gives by mistake, and how a report names it. */
export interface WrongValue {
  readonly label: string;
  /** Made anew for each call: a promise that is refused must not be one of another call. */
  make(): unknown;
}

class Settings {
  readonly steps = 10;
}

const fixed: Readonly<Record<string, unknown>> = {
  undefined: undefined,
  null: null,
  true: true,
  false: false,
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
  '-1': -1,
  '-0': -0,
  '0': 0,
  '0.5': 0.5,
  '1': 1,
  '1.5': 1.5,
  '3': 3,
  '1e308': 1e308,
  '2 ** 31': 2 ** 31,
  '2 ** 53': 2 ** 53,
  '1n': 1n,
  'empty text': '',
  'a word': 'nonsense',
  'a number as text': '5',
  'a negative share': '-10%',
  'a share above 100 %': '110%',
  'a relative path': '../nowhere',
};

const made: Readonly<Record<string, () => unknown>> = {
  'a symbol': () => Symbol('nonsense'),
  'an empty array': () => [],
  'an array of null': () => [null],
  'an array of text': () => ['nonsense'],
  'nested arrays': () => [[1, 2], [3]],
  'an empty object': () => ({}),
  'a misspelt key': () => ({ nonsense: 1 }),
  'an object of a class': () => new Settings(),
  'an object without a prototype': () => Object.create(null) as object,
  'a proxy': () => new Proxy({}, {}),
  'a date': () => new Date(0),
  'a regular expression': () => /nonsense/,
  'an error': () => new Error('nonsense'),
  'a map': () => new Map([['steps', 1]]),
  'a set': () => new Set([1]),
  'a promise': () => Promise.resolve({}),
  'a promise that fails': () => {
    const failed = Promise.reject(new Error('nonsense'));
    failed.catch(() => undefined);
    return failed;
  },
  'a boxed number': () => Object(1) as object,
  'a boxed text': () => Object('nonsense') as object,
  'typed numbers': () => new Float32Array(2),
  'no typed numbers': () => new Float32Array(0),
  'big integers': () => new BigInt64Array(2),
  'bytes without a type': () => new ArrayBuffer(4),
  'a class': () => Settings,
  'an arrow function': () => () => undefined,
  'an async function': () => async () => Promise.resolve(undefined),
  'a generator function': () =>
    function* nothing(): Generator<never> {
      yield* [];
    },
  'a factory that was not called': () => sgd,
  'a tensor without axes': () => tf.scalar(1),
  'a tensor of one axis': () => tf.tensor1d([1, 0]),
  'a tensor of five axes': () => tf.ones([2, 1, 1, 1, 1]),
  'an int32 tensor': () => tf.tensor1d([1, 0], 'int32'),
  'a bool tensor': () => tf.tensor1d([true, false], 'bool'),
  'a text tensor': () => tf.tensor1d(['nonsense', 'more']),
  'a complex tensor': () => tf.complex([1, 0], [0, 1]),
  'a tensor without numbers': () => tf.zeros([0, 2]),
  'a disposed tensor': () => {
    const tensor = tf.scalar(1);
    tensor.dispose();
    return tensor;
  },
};

/** Every kind of value that is wrong somewhere. */
export const wrongValues: readonly WrongValue[] = [
  ...Object.entries(fixed).map(([label, value]) => ({ label, make: () => value })),
  ...Object.entries(made).map(([label, make]) => ({ label, make })),
];
