import '@tensorflow/tfjs-backend-cpu';
import { seedEverything, varyDropout } from '@cantrip/seed';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const dropout = (seed?: number): tfl.layers.Layer =>
  tfl.layers.dropout({ rate: 0.5, inputShape: [32], ...(seed === undefined ? {} : { seed }) });
const modelOf = (layer: tfl.layers.Layer): tfl.Sequential => tfl.sequential({ layers: [layer] });
const mask = (model: tfl.LayersModel | tfl.layers.Layer): number[] => [
  ...(model.apply(tf.ones([1, 32]), { training: true }) as tf.Tensor).dataSync(),
];

describe('varyDropout', () => {
  it('repairs a dropout layer with a seed, which draws the same mask at every call', () => {
    const model = modelOf(dropout(7));
    expect(mask(model)).toEqual(mask(model));
    const undo = varyDropout(model);
    expect(mask(model)).not.toEqual(mask(model));
    undo();
    expect(mask(model)).toEqual(mask(model));
  });

  it('lets such a layer follow the global seed', () => {
    const model = modelOf(dropout(7));
    const undo = varyDropout(model);
    const masks = (): number[][] => {
      const unseed = seedEverything(3);
      const drawn = [mask(model), mask(model)];
      unseed();
      return drawn;
    };
    expect(masks()).toEqual(masks());
    undo();
  });

  it('keeps the seed in the configuration of the layer', () => {
    const layer = dropout(7);
    const undo = varyDropout(modelOf(layer));
    mask(layer);
    expect(layer.getConfig()['seed']).toBe(7);
    undo();
  });

  it('leaves no property behind when it is undone', () => {
    const layer = dropout(7);
    const model = modelOf(layer);
    const before = Object.getOwnPropertyDescriptors(layer);
    varyDropout(model)();
    expect(Object.getOwnPropertyDescriptors(layer)).toEqual(before);
  });

  it('reaches the layers of nested models and of wrappers', () => {
    const wrapped = tfl.layers.dropout({ rate: 0.5, seed: 5 });
    const outer = tfl.sequential({
      layers: [
        modelOf(dropout(7)),
        tfl.layers.reshape({ targetShape: [4, 8] }),
        tfl.layers.timeDistributed({ layer: wrapped }),
        tfl.layers.flatten(),
      ],
    });
    const undo = varyDropout(outer);
    expect(mask(outer)).not.toEqual(mask(outer));
    expect(Object.hasOwn(wrapped, 'call')).toBe(true);
    undo();
    expect(mask(outer)).toEqual(mask(outer));
  });

  it('touches no layer without a seed', () => {
    const layer = dropout();
    varyDropout(modelOf(layer));
    expect(Object.hasOwn(layer, 'call')).toBe(false);
  });

  it('passes a layer on as it was when its call throws', () => {
    const layer = dropout(7);
    const undo = varyDropout(modelOf(layer));
    expect(() => layer.call([], {})).toThrow();
    expect(layer.getConfig()['seed']).toBe(7);
    undo();
  });
});
