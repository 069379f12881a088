import * as tf from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { expectClose } from '@cantrip/testing';
import { dropout, type ModelFunction } from '@cantrip/trainer';
import { describe, expect, it } from 'vitest';
import { drop, moments, ones, outputsOf, sequential, type Shape, size, watched } from '../watched-trainer.ts';

describe('a function model', () => {
  const withDropout = (name = 'hidden', rate = 0.25): (() => ModelFunction) => {
    return () => {
      const factor = tf.variable(tf.scalar(1), true, 'factor');
      return (inputs, { training, random }) => {
        const x = tf.mul(inputs as tf.Tensor, factor);
        return training ? dropout(x, { rate, random: random(name) }) : x;
      };
    };
  };
  const run = async (model: () => ModelFunction, options?: { shape: Shape }): Promise<number[][]> => {
    const outputs = await outputsOf({ model }, options);
    tf.disposeVariables();
    return outputs;
  };

  it('drops by a named stream: anew in each step, the same in each run, and as a layer of that name', async () => {
    const drawn = await run(withDropout('drop'));
    expect(new Set(drawn.map(String)).size).toBe(3);
    expect(await run(withDropout('drop'))).toEqual(drawn);
    expect(await run(withDropout('other'))).not.toEqual(drawn);
    const layer = (): tfl.LayersModel => sequential(drop({ rate: 0.25 }));
    expectClose(drawn.flat(), await outputsOf({ model: layer }), { absolute: 1e-6 });
  });

  it('keeps the expected value and drops at the rate', async () => {
    const [drawn] = await run(withDropout('hidden', 0.25), { shape: [20_000] });
    expect(drawn!.filter((value) => value === 0).length / drawn!.length).toBeCloseTo(0.25, 1);
    expect(moments(drawn!)[0]).toBeCloseTo(1, 1);
  });

  it('draws in inference from streams of its own', async () => {
    const model = (): ModelFunction => {
      const factor = tf.variable(tf.scalar(1), true, 'factor');
      return (inputs, { random }) =>
        dropout(tf.mul(inputs as tf.Tensor, factor), { rate: 0.5, random: random('always') });
    };
    const { trainer, outputs } = watched({ model });
    await trainer.fit(ones(1, [size]), { epochs: 1 });
    const predict = async (): Promise<number[]> => [
      ...((await trainer.predict(tf.ones([1, size]))) as tf.Tensor).dataSync(),
    ];
    const predicted = await predict();
    expect(await predict()).toEqual(predicted);
    expect(predicted).not.toEqual(outputs[0]);
    trainer.dispose();
    tf.disposeVariables();
  });
});

describe('dropout', () => {
  const random = { bernoulli: () => tf.ones([2]) } as never;

  it.each([
    [{ rate: 1, random }, '[dropout] rate must be a number in [0, 1), got 1'],
    [{ rate: -0.1, random }, '[dropout] rate must be a number in [0, 1), got -0.1'],
    [{ rate: 0.5 }, 'random'],
    [{ rate: 0.5, random: () => undefined }, "random must be random('some-name')"],
  ])('refuses %o', (options, message) => {
    expect(() => dropout(tf.ones([2]), options as never)).toThrow(message);
  });
});
