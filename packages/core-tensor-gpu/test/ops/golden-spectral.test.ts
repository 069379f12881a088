import * as tf from '@tensorflow/tfjs-core';
import { captureStep, openDevice } from '@cantrip/core-tensor-gpu';
import { expectClose, loadGolden, type Nested, presentDevices } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';

interface Case {
  readonly inputs: readonly Nested[];
  readonly upstream: Nested;
  readonly outputs: Nested;
  readonly gradients: readonly Nested[];
}

const { cases, tolerance } = loadGolden<Readonly<Record<string, Case>>>(
  new URL('../golden/spectral.json', import.meta.url),
);

type Compute = (...x: tf.Tensor[]) => tf.Tensor;

const parts = (z: tf.Tensor): tf.Tensor => tf.stack([tf.real(z), tf.imag(z)]);
const ofComplex =
  (compute: (z: tf.Tensor) => tf.Tensor): Compute =>
  (re, im) =>
    compute(tf.complex(re!, im!));

const ops: Readonly<Record<string, Compute>> = {
  'a filter': (re, im, ure, uim) => parts(tf.mul(tf.fft(tf.complex(re!, im!)), tf.complex(ure!, uim!))),
  abs: ofComplex((z) => tf.abs(z)),
  fft: ofComplex((z) => parts(tf.fft(z))),
  ifft: ofComplex((z) => parts(tf.ifft(z))),
  irfft: ofComplex((z) => tf.irfft(z) as tf.Tensor),
  'rfft, an even length': (x) => parts(tf.rfft(x!)),
  'rfft, an odd length': (x) => parts(tf.rfft(x!)),
  'rfft, cut off': (x) => parts(tf.rfft(x!, 4)),
  'rfft, filled with zeros': (x) => parts(tf.rfft(x!, 8)),
  'signal.stft': (x) => tf.abs(tf.signal.stft(x as tf.Tensor1D, 4, 2)),
};

const devices = await presentDevices(['tensorflow', 'wasm', 'cpu']);

describe.each(devices.filter((name) => name !== 'wasm'))('on %s', (device) => {
  it.each(Object.entries(cases))('%s has the values and gradients of PyTorch', async (name, golden) => {
    await openDevice(device);
    const inputs = golden.inputs.map((values) => tf.tensor(values as number[]));
    const upstream = tf.tensor(golden.upstream as number[]);
    expectClose(ops[name]!(...inputs), golden.outputs, tolerance);
    const differentiate = (given: readonly tf.Tensor[]): tf.Tensor[] =>
      tf.grads((...x) => tf.sum(tf.mul(ops[name]!(...x), upstream)))([...given]);
    const { numTensors } = tf.memory();
    const gradients = differentiate(inputs);
    expect(tf.memory().numTensors).toBe(numTensors + inputs.length);
    gradients.forEach((gradient, i) => expectClose(gradient, golden.gradients[i]!, tolerance));
    if (device !== 'tensorflow') return;
    const step = captureStep((feeds: Record<string, tf.Tensor>) => differentiate(Object.values(feeds)));
    const feeds = Object.fromEntries(inputs.map((x, i) => [`input${i}`, x]));
    for (const captured of [await step.run(feeds), await step.run(feeds)]) {
      captured.forEach((gradient, i) => expectClose(gradient, golden.gradients[i]!, tolerance));
    }
    step.dispose();
  });

  // cpu has no kernel of such an op.
  it.skipIf(device === 'cpu')('an op of complex numbers without a gradient is refused by name', async () => {
    await openDevice(device);
    expect(() => tf.grad((x) => tf.sum(tf.abs(tf.exp(tf.complex(x, x)))))(tf.tensor1d([1, 2]))).toThrow(
      '[Exp] has no gradient for complex numbers. Compute it from tf.real and tf.imag, with real numbers. (OP_NO_GRADIENT)',
    );
  });

  it('a gradient of or with regard to a complex tensor is refused', async () => {
    await openDevice(device);
    const z = tf.complex([3, 1], [4, 1]);
    const x = tf.tensor1d([1, 2]);
    const sentence =
      /^\[tf\.grad\] differentiates real numbers, but .+ is a complex64 tensor\. .+\. \(DTYPE_MISMATCH\)$/;
    expect(() => tf.grad((given) => tf.abs(given))(z)).toThrow(sentence);
    expect(() => tf.grads((given, other) => tf.mul(tf.abs(given), other))([z, x])).toThrow(sentence);
    expect(() => tf.grad((given) => tf.fft(tf.complex(given, given)))(x)).toThrow(sentence);
    expect(() => tf.valueAndGrad((given) => tf.abs(given))(z)).toThrow(sentence);
  });
});

describe.skipIf(!devices.includes('wasm'))('on wasm', () => {
  it.each(Object.entries(cases))('%s is refused in one sentence', async (name, { inputs }) => {
    await openDevice('wasm');
    expect(() => ops[name]!(...inputs.map((values) => tf.tensor(values as number[])))).toThrow(
      "[Complex] computes with complex numbers, which wasm does not have. Open the device 'tensorflow' or 'cpu', or use tf.matMul with sines and cosines. (DTYPE_MISMATCH)",
    );
  });

  it.each(['real', 'imag'] as const)('%s is refused by its own name', async (name) => {
    await openDevice('wasm');
    expect(() => tf[name](tf.tensor1d([1]))).toThrow(/^\[(Real|Imag)\] computes with complex numbers/);
  });
});
