import { captureStep, whyNoBfloat16 } from '@cantrip/core-tensor-gpu';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { whyNoBfloat16OnGpu, whyNoBfloat16OnProcessor } from '../../src/native/settings/bfloat16-support.ts';
import { requireDevice } from '../require-device.ts';

const native = await requireDevice('tensorflow');
const gains = native !== undefined && whyNoBfloat16() === undefined;

/** The bfloat16 number next to a float32 number: its upper 16 bits, rounded to even. */
function rounded(values: Float32Array): Float32Array {
  const bits = new Uint32Array(Float32Array.from(values).buffer);
  const upper = bits.map((one) => ((one + 0x7fff + ((one >>> 16) & 1)) >>> 16) << 16);
  return new Float32Array(upper.buffer);
}

const size = 256;
const numbers = (seed: number): tf.Tensor2D => tf.randomUniform([size, size], -1, 1, 'float32', seed);
const inBfloat16 = (x: tf.Tensor2D): tf.Tensor2D =>
  tf.tensor2d(rounded(x.dataSync() as Float32Array), x.shape);

describe.skipIf(!gains)('a step in bfloat16', () => {
  it('multiplies rounded numbers, and rounds the product once', async () => {
    const [a, b] = [numbers(1), numbers(2)];
    const step = captureStep(({ a, b }: Record<'a' | 'b', tf.Tensor2D>) => tf.matMul(a, b), {
      precision: 'bfloat16',
    });
    const product = await step.run({ a, b });
    const wanted = rounded(tf.matMul(inBfloat16(a), inBfloat16(b)).dataSync() as Float32Array);
    const apart = Array.from(product.dataSync(), (value, index) => Math.abs(value - wanted[index]!));
    expect(product.dtype).toBe('float32');
    // A sum at the border between two bfloat16 numbers may be rounded to the other one.
    expect(apart.filter((one) => one > 0).length).toBeLessThan(size);
    expect([...rounded(product.dataSync() as Float32Array)]).toEqual([...product.dataSync()]);
    step.dispose();
  });

  it('updates variables in float32, also by less than a bfloat16 number can show', async () => {
    const weights = tf.variable(tf.ones([size, size]) as tf.Tensor2D);
    const step = captureStep(
      ({ x }: { x: tf.Tensor2D }) => {
        const y = tf.relu(tf.matMul(x, weights));
        weights.assign(tf.sub(weights, tf.mul(tf.matMul(x, y, true, false), 1e-6)));
        return tf.sum(y);
      },
      { precision: 'bfloat16' },
    );
    for (let call = 0; call < 3; call++) await step.run({ x: tf.ones([size, size]) });
    // A bfloat16 weight would stay 1: the next number below it is 0.996.
    const [weight] = weights.dataSync();
    expect(weight).toBeLessThan(0.9);
    expect(rounded(Float32Array.of(weight!))[0]).not.toBe(weight);
    step.dispose();
  });

  it('adds gradients of kernels in float32', async () => {
    const step = captureStep(
      ({ large, small }: Record<'large' | 'small', tf.Tensor2D>) =>
        tf.add(tf.matMul(large, large, true, false), tf.matMul(small, small, true, false)),
      { precision: 'bfloat16' },
    );
    const [large, small] = [tf.ones([size, size]), tf.fill([size, size], 2 ** -6)] as [
      tf.Tensor2D,
      tf.Tensor2D,
    ];
    // In bfloat16, 256 + 1/16 is 256.
    expect((await step.run({ large, small })).dataSync()[0]).toBe(256.0625);
    step.dispose();
  });

  it('leaves a small product as it is, because the conversions take longer', async () => {
    const step = captureStep(({ a, b }: Record<'a' | 'b', tf.Tensor2D>) => tf.matMul(a, b), {
      precision: 'bfloat16',
    });
    const [a, b] = [tf.fill([8, 8], 1.001), tf.ones([8, 8])] as [tf.Tensor2D, tf.Tensor2D];
    expect((await step.run({ a, b })).dataSync()).toEqual(tf.matMul(a, b).dataSync());
    step.dispose();
  });

  it('cannot be compiled by XLA', () => {
    expect(() => captureStep((x: tf.Tensor) => x, { precision: 'bfloat16', compile: 'xla' })).toThrow(
      "precision: 'bfloat16' cannot be combined with compile: 'xla'",
    );
  });
});

describe('a device gains from bfloat16', () => {
  it('if it is a processor with instructions for it, used by oneDNN', () => {
    expect(whyNoBfloat16OnProcessor(['avx512f', 'avx512_bf16'], { oneDnn: true })).toBeUndefined();
    expect(whyNoBfloat16OnProcessor(['amx_bf16'], {})).toBeUndefined();
    expect(whyNoBfloat16OnProcessor(['avx512f'], { oneDnn: true })?.reason).toBe(
      'the processor has neither avx512_bf16 nor amx_bf16, so bfloat16 would be slower than float32',
    );
    expect(whyNoBfloat16OnProcessor(['amx_bf16'], { oneDnn: false })?.fix).toBe(
      'Set the environment variable TF_ENABLE_ONEDNN_OPTS=1',
    );
    expect(whyNoBfloat16OnProcessor(undefined, {})?.reason).toMatch(/does not say/);
  });

  it('if it is a GPU from Ampere on', () => {
    expect(whyNoBfloat16OnGpu(8)).toBeUndefined();
    expect(whyNoBfloat16OnGpu(9)).toBeUndefined();
    expect(whyNoBfloat16OnGpu(7)?.reason).toMatch(/compute capability 7/);
    expect(whyNoBfloat16OnGpu(undefined)?.reason).toMatch(/does not say/);
  });
});
