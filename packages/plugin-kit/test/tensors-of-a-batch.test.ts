import '@tensorflow/tfjs-backend-cpu';
import { batchesPerEpoch, entriesOfTensors, isHostTensor, mapTensors } from '@cantrip/plugin-kit';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

const host = { values: new Float32Array([1, 2]), shape: [2] };
const tensor = tf.tensor1d([1, 2]);

describe('a host tensor', () => {
  it('has values and a shape, right or wrong', () => {
    const meant = [host, { values: [1, 2], shape: [2] }, { values: new Uint8Array(2) }];
    expect(meant.map(isHostTensor)).toEqual([true, true, true]);
  });

  it('is no tensor, and neither are tensors by the names values and shape', () => {
    const others = [
      tensor,
      { values: tensor, shape: tensor },
      { values: host },
      new Float32Array(2),
      {},
      null,
      'x',
      [],
    ];
    expect(others.map(isHostTensor)).toEqual(others.map(() => false));
  });
});

describe('a part of a batch', () => {
  it('has each tensor with its name, a single one with none', () => {
    expect(entriesOfTensors(tensor)).toEqual([['', tensor]]);
    expect(entriesOfTensors(host)).toEqual([['', host]]);
    expect(entriesOfTensors({ left: tensor, right: tensor })).toEqual([
      ['left', tensor],
      ['right', tensor],
    ]);
  });

  it('is changed to one of the same form', () => {
    const negated = mapTensors<tf.Tensor, tf.Tensor>({ left: tensor }, (one) => tf.neg(one));
    expect(Object.keys(negated)).toEqual(['left']);
    expect([...(negated as { left: tf.Tensor }).left.dataSync()]).toEqual([-1, -2]);
    expect(mapTensors<typeof host, unknown>(host, ({ shape }, name) => [name, shape])).toEqual(['', [2]]);
    expect(mapTensors({ a: host, b: host }, (_, name) => name)).toEqual({ a: 'a', b: 'b' });
  });

  it.each([undefined, null, 3, 'x', [tensor], Promise.resolve(tensor)])('is not %o', (value) => {
    const what = 'tensors must be a tensor, { values, shape }, or several of these by name, got ';
    expect(() => entriesOfTensors(value as never)).toThrow(`[entriesOfTensors] ${what}`);
    expect(() => mapTensors(value as never, () => 1)).toThrow(`[mapTensors] ${what}`);
  });
});

describe('batches in an epoch', () => {
  it('are those that the data declares, in the new word or the older one', () => {
    expect(batchesPerEpoch({ batchesPerEpoch: 3, stepsPerEpoch: 4 })).toBe(3);
    expect(batchesPerEpoch({ stepsPerEpoch: 4 })).toBe(4);
    expect(batchesPerEpoch({})).toBeNaN();
    expect(() => batchesPerEpoch(5 as never)).toThrow('[batchesPerEpoch] data must be a dataset, got 5. ');
  });
});
