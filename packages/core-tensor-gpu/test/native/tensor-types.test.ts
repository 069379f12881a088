import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { requireDevice } from '../require-device.ts';
import { nativeBinding } from './native-binding.ts';

const device = await requireDevice('tensorflow');

describe.skipIf(device === undefined)('a tensor', () => {
  const roundTrip = (type: number, shape: number[], values: Parameters<typeof binding.createTensor>[2]) => {
    const id = binding.createTensor(shape, type, values);
    const back = binding.tensorDataSync(id);
    binding.deleteTensor(id);
    return back;
  };
  const binding = nativeBinding();

  it('of float32 comes back bit for bit, also where it is no number', () => {
    const values = Float32Array.of(1.5, -0, NaN, Infinity, -Infinity, 1e-45);
    const back = roundTrip(binding.TF_FLOAT, [2, 3], values) as Float32Array;
    expect(new Uint32Array(back.buffer)).toEqual(new Uint32Array(values.buffer));
  });

  it('of int32 keeps the smallest and the largest', () => {
    const values = Int32Array.of(-(2 ** 31), 2 ** 31 - 1, 0);
    expect(roundTrip(binding.TF_INT32, [3], values)).toEqual(values);
  });

  it('of bool and of uint8 comes back as bytes', () => {
    expect(roundTrip(binding.TF_BOOL, [2], Uint8Array.of(1, 0))).toEqual(Uint8Array.of(1, 0));
    expect(roundTrip(binding.TF_UINT8, [2], Uint8Array.of(255, 7))).toEqual(Uint8Array.of(255, 7));
  });

  it('of int64 comes from BigInts, or from pairs of halves as tfjs-node writes them', () => {
    const back = BigInt64Array.of(-2n, 2n ** 60n);
    expect(roundTrip(binding.TF_INT64, [2], back)).toEqual(back);
    expect(roundTrip(binding.TF_INT64, [1], Int32Array.of(-2, -1))).toEqual(BigInt64Array.of(-2n));
  });

  it('of complex64 comes back as pairs', () => {
    const values = Float32Array.of(1, 2, 3, 4);
    expect(roundTrip(binding.TF_COMPLEX64, [2], values)).toEqual(values);
    expect(tf.complex([1, 3], [2, 4]).dataSync()).toEqual(values);
  });

  it('of strings keeps every byte, of empty ones, of those stored within 22 bytes, and of longer ones', () => {
    const values = [0, 1, 22, 23, 24, 5000].map((length) =>
      Uint8Array.from({ length }, (_, i) => (i * 7) % 256),
    );
    expect(roundTrip(binding.TF_STRING, [2, 3], values)).toEqual(values);
  });

  it('of strings survives the tensor that it was made from', () => {
    const long = 'a string of more than twenty-two bytes: ä €';
    const original = tf.tensor2d([[long, 'short']]);
    const reshaped = tf.reshape(original, [2]);
    const joined = tf.concat([reshaped, reshaped]);
    original.dispose();
    expect(reshaped.dataSync()).toEqual([long, 'short']);
    reshaped.dispose();
    expect(joined.dataSync()).toEqual([long, 'short', long, 'short']);
  });

  it.each([[[]], [[1]], [[0]], [[2, 0, 3]], [[1, 1, 1, 1, 1, 1]]])(
    'of shape [%s] has that shape',
    (shape) => {
      const values = new Float32Array(tf.util.sizeFromShape(shape)).fill(3);
      const id = binding.createTensor(shape, binding.TF_FLOAT, values);
      const type = { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT } as const;
      const [copy] = binding.executeOp('Identity', [type], [id], 1);
      expect(copy?.shape).toEqual(shape);
      expect(binding.tensorDataSync(copy!.id)).toEqual(values);
      for (const each of [id, copy!.id]) binding.deleteTensor(each);
    },
  );

  it('is refused where the values do not fill the shape', () => {
    const tooFew = () => binding.createTensor([2, 2], binding.TF_FLOAT, new Float32Array(3));
    expect(tooFew).toThrow(
      '[tensorflow] a float32 tensor of shape [2, 2] takes 16 bytes, got 12. ' +
        'Pass as many values of that type as the shape has elements. (SHAPE_MISMATCH)',
    );
    expect(() => binding.createTensor([2], binding.TF_STRING, [new Uint8Array(1)])).toThrow('SHAPE_MISMATCH');
  });

  it('is refused where its dtype has no array type in JavaScript', () => {
    expect(() => binding.createTensor([1], 2, new Float64Array(1) as never)).toThrow('DTYPE_MISMATCH');
  });
});
