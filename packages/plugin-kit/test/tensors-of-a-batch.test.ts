import '@tensorflow/tfjs-backend-cpu';
import {
  batchesPerEpoch,
  copyVariables,
  entriesOfTensors,
  entryOf,
  isHostTensor,
  mapTensors,
  namedOrOnly,
} from '@cantrip/plugin-kit';
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

describe('the tensor of a name', () => {
  const other = tf.tensor1d([3]);

  it('is the one of this name, and of several none without a name', () => {
    const two = Object.entries({ digit: tensor, parity: other });
    expect([entryOf(two, 'parity'), entryOf(two, 'size'), entryOf(two, undefined)]).toEqual([
      other,
      undefined,
      undefined,
    ]);
    expect(entryOf([], undefined)).toBeUndefined();
  });

  it('is an only one if no name is asked for, or if it has none', () => {
    expect(entryOf([['digit', tensor]], undefined)).toBe(tensor);
    expect(entryOf([['', tensor]], 'digit')).toBe(tensor);
    expect(entryOf([['digit', tensor]], 'parity')).toBeUndefined();
  });

  it('is the only one under another name where names of targets and of outputs may differ', () => {
    expect(namedOrOnly({ dense_1: tensor }, 'label')).toBe(tensor);
    expect(namedOrOnly(host, 'label')).toBe(host);
    expect(namedOrOnly({ left: tensor, right: other }, 'right')).toBe(other);
    expect(namedOrOnly({ left: tensor, right: other }, 'label')).toBeUndefined();
  });

  it('is asked for by a text', () => {
    expect(() => entryOf([], 1 as never)).toThrow('[entryOf] name must be a string, got 1.');
    expect(() => entryOf({} as never, '')).toThrow(
      '[entryOf] entries must be an array of entries [name, value]',
    );
  });
});

describe('copies of variables', () => {
  it('have the values of their variables by other names, and stay when these change', () => {
    const given = { w: tf.variable(tf.tensor1d([1, 2])), n: tf.variable(tf.scalar(3, 'int32')) };
    const before = tf.memory().numTensors;
    const copies = copyVariables(given, (name) => `kept/${name}`);
    expect(tf.memory().numTensors - before).toBe(2);
    given.w.assign(tf.tensor1d([5, 6]));
    expect([...copies['kept/w']!.dataSync()]).toEqual([1, 2]);
    expect([copies['kept/n']!.dtype, copies['kept/n']!.dataSync()[0], copies['kept/n']!.trainable]).toEqual([
      'int32',
      3,
      false,
    ]);
    expect(Object.keys(copyVariables(given))).toEqual(['w', 'n']);
  });
});
