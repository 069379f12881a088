import * as tf from '@tensorflow/tfjs-core';
import { any, awayFromZero, type OpRow, row } from './op-row.ts';

/** wasm has no complex numbers. */
const options = { absentOn: ['wasm'] } as const;

/** Kernels for complex numbers that TensorFlow.js has for TensorFlow alone. */
const nativeOnly = { absentOn: ['wasm', 'cpu'] } as const;

const parts = (z: tf.Tensor): readonly tf.Tensor[] => [tf.real(z), tf.imag(z)];
const joined = (x: tf.Tensor): tf.Tensor => tf.complex(x, tf.sin(x));

/** An op of complex numbers, which are made of one input. */
const ofOne = (
  kernel: string,
  title: string,
  compute: (z: tf.Tensor) => tf.Tensor,
  where: Pick<OpRow, 'absentOn'> = options,
): OpRow =>
  row(kernel, `${title} of complex numbers`, [awayFromZero(2, 4)], (x) => parts(compute(joined(x))), where);

export const spectralRows: readonly OpRow[] = [
  row('Complex', 'complex', [any(2, 3), any(2, 3)], (re, im) => parts(tf.complex(re, im)), options),
  row('Real', 'real', [any(5)], (x) => tf.real(joined(x)), options),
  row('Imag', 'imag', [any(5)], (x) => tf.imag(joined(x)), options),
  row('ComplexAbs', 'abs of complex numbers', [awayFromZero(2, 4)], (x) => tf.abs(joined(x)), options),
  ofOne('FFT', 'fft', (z) => tf.fft(z)),
  ofOne('IFFT', 'ifft', (z) => tf.ifft(z)),
  row('FFT', 'rfft', [any(2, 5)], (x) => parts(tf.rfft(x)), options),
  row('IFFT', 'irfft', [any(2, 4)], (x) => tf.irfft(joined(x)) as tf.Tensor, options),
  row('FFT', 'signal.stft', [any(9)], (x) => parts(tf.signal.stft(x as tf.Tensor1D, 4, 2)), options),
  ofOne('Identity', 'clone', (z) => tf.clone(z)),
  ofOne('Reshape', 'reshape', (z) => tf.reshape(z, [4, 2])),
  ofOne('Transpose', 'transpose', (z) => tf.transpose(z)),
  ofOne('Concat', 'concat', (z) => tf.concat([z, tf.fft(z)])),
  ofOne('Pack', 'stack', (z) => tf.stack([z, z])),
  ofOne('Add', 'a sum with real numbers', (z) => tf.add(z, tf.tensor1d([1, 2, 3, 4]))),
  ofOne('Sub', 'a difference', (z) => tf.sub(tf.fft(z), z)),
  ofOne('Multiply', 'a product', (z) => tf.mul(z, tf.fft(z))),
  row(
    'Multiply',
    'a product of complex numbers that broadcasts',
    [any(2, 3), any(3)],
    (a, b) => parts(tf.mul(joined(a), joined(b))),
    options,
  ),
  row(
    'Cast',
    'cast of real numbers to complex ones and back',
    [any(2, 3)],
    (x) => tf.cast(tf.mul(tf.cast(x, 'complex64'), joined(x)), 'float32'),
    options,
  ),
  ofOne('Slice', 'slice', (z) => tf.slice(z, [0, 1], [2, 2]), nativeOnly),
  ofOne('Reverse', 'reverse', (z) => tf.reverse(z, 1), nativeOnly),
  ofOne('Neg', 'neg', (z) => tf.neg(z), nativeOnly),
  ofOne('Square', 'square', (z) => tf.square(z), nativeOnly),
  ofOne('RealDiv', 'a quotient', (z) => tf.div(z, tf.add(z, tf.complex(2, 2))), nativeOnly),
  ofOne('Sum', 'sum', (z) => tf.sum(z, 1), nativeOnly),
  ofOne('Tile', 'tile', (z) => tf.tile(z, [2, 1]), nativeOnly),
  ofOne('Unpack', 'unstack', (z) => tf.mul(tf.unstack(z)[0]!, tf.unstack(z)[1]!), nativeOnly),
  ofOne('SplitV', 'split', (z) => tf.mul(tf.split(z, 2, 1)[0]!, tf.split(z, 2, 1)[1]!), nativeOnly),
];
