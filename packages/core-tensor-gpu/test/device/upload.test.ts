import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { upload } from '@cantrip/ops';
import { type DeviceName, openDevice } from '../../src/index.ts';
import { requireDevice } from '../require-device.ts';

const present: DeviceName[] = ['cpu'];
for (const name of ['tensorflow', 'wasm'] as const) if (await requireDevice(name)) present.push(name);

describe.each(present)('upload to %s', (name) => {
  beforeAll(() => openDevice(name));
  const bytes = Uint8Array.of(0, 51, 255, 1, 2, 3);

  it('leaves float32 and int32 as they are', () => {
    const floats = upload({ values: Float32Array.of(1.5, -2), shape: [2] });
    const integers = upload({ values: Int32Array.of(1, -2), shape: [1, 2] });
    expect([floats.dtype, integers.dtype]).toEqual(['float32', 'int32']);
    expect(floats.dataSync()).toEqual(Float32Array.of(1.5, -2));
    expect(integers.dataSync()).toEqual(Int32Array.of(1, -2));
    expect(integers.shape).toEqual([1, 2]);
  });

  it('makes float32 of bytes', () => {
    const tensor = upload({ values: bytes, shape: [2, 3] });
    expect(tensor.dtype).toBe('float32');
    expect(tensor.dataSync()).toEqual(Float32Array.of(0, 51, 255, 1, 2, 3));
  });

  it('scales and shifts bytes, the same for all or for each channel', () => {
    const all = upload({ values: bytes, shape: [2, 3], normalization: { scale: 0.5, offset: -1 } });
    expect(all.dataSync()).toEqual(Float32Array.of(-1, 24.5, 126.5, -0.5, 0, 0.5));
    const each = upload({
      values: bytes,
      shape: [2, 3],
      normalization: { scale: [1, 2, 0.5], offset: [0, 1, 2] },
    });
    expect(each.dataSync()).toEqual(Float32Array.of(0, 103, 129.5, 1, 5, 3.5));
  });

  it('leaves one tensor', () => {
    const before = tf.memory().numTensors;
    const tensor = upload({ values: bytes, shape: [2, 3], normalization: { scale: [1, 2, 3], offset: 1 } });
    expect(tf.memory().numTensors).toBe(before + 1);
    tensor.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses a shape that does not fit the values', () => {
    expect(() => upload({ values: bytes, shape: [2, 2] })).toThrow(
      '[upload] shape [2, 2] needs 4 values, got 6. ' +
        'Set shape to sizes whose product is the number of values. (SHAPE_MISMATCH)',
    );
  });

  it('refuses a scale that does not fit the channels', () => {
    const normalization = { scale: [1, 2], offset: 0 };
    expect(() => upload({ values: bytes, shape: [2, 3], normalization })).toThrow(
      '[upload] scale has 2 numbers, but the tensor of shape [2, 3] has 3 channels. ',
    );
  });
});
