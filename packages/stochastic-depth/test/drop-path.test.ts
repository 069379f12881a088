import { openDevice } from '@cantrip/core-tensor-gpu';
import { expectClose, loadGolden } from '@cantrip/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { dropPath, type DropPathOptions, dropPathRates } from '../src/index.ts';

interface Dropped {
  readonly mode: 'row' | 'batch';
  readonly rate: number;
  readonly inputs: number[][];
  readonly weights: number[][];
  readonly mask: number[];
  readonly outputs: number[][];
  readonly gradient: number[][];
}

const { cases, tolerance } = loadGolden<{
  readonly dropped: Readonly<Record<string, Dropped>>;
  readonly 'from zero': Readonly<Record<string, readonly number[]>>;
}>(new URL('./golden.json', import.meta.url));

/** Gives the mask that the other implementation has drawn. */
const drawn = (mask: readonly number[]): DropPathOptions['random'] => ({
  bernoulli: (shape) => tf.tensor(mask.slice(0, shape[0]), [...shape]),
});

const always: DropPathOptions['random'] = { bernoulli: (shape) => tf.ones([...shape]) };

beforeAll(async () => {
  await openDevice('cpu');
});

describe('dropPath', () => {
  it.each(Object.entries(cases.dropped))('has the outputs and gradients of %s', (_, one) => {
    const { mode, rate, mask } = one;
    const call = (x: tf.Tensor): tf.Tensor => dropPath(x, { rate, mode, random: drawn(mask) });
    tf.tidy(() => {
      const x = tf.tensor(one.inputs);
      expectClose(call(x), one.outputs, tolerance);
      const gradient = tf.grad((given) => tf.sum(tf.mul(call(given), tf.tensor(one.weights))))(x);
      expectClose(gradient, one.gradient, tolerance);
    });
  });

  it('drops each example by itself, or all, and asks for a mask of that shape', () => {
    const shapes: (readonly number[])[] = [];
    const random: DropPathOptions['random'] = {
      bernoulli: (shape) => (shapes.push(shape), tf.ones([...shape])),
    };
    const x = tf.ones([4, 3, 2]);
    dropPath(x, { rate: 0.5, random });
    dropPath(x, { rate: 0.5, mode: 'batch', random });
    expect(shapes).toEqual([
      [4, 1, 1],
      [1, 1, 1],
    ]);
  });

  it('leaves no tensor but its result', () => {
    const x = tf.ones([4, 3]);
    const before = tf.memory().numTensors;
    for (const rate of [0, 0.5, 1]) {
      const result = dropPath(x, { rate, random: always });
      expect(tf.memory().numTensors).toBe(before + 1);
      result.dispose();
    }
  });

  it.each([
    { rate: -0.1 },
    { rate: 1.1 },
    { rate: NaN },
    { rate: 0.5, mode: 'column' },
    { rate: 0.5, random: {} },
    { rate: 0.5, scale: 2 },
  ])('refuses %o', (options) => {
    const given = { random: always, ...options } as DropPathOptions;
    expect(() => dropPath(tf.ones([2, 2]), given)).toThrow(/^\[dropPath\] .+ .+\. .+\. \(OPTION_INVALID\)$/);
  });

  it('refuses a scalar, and other dtypes than float32', () => {
    for (const x of [tf.scalar(1), tf.ones([2], 'int32')])
      expect(() => dropPath(x, { rate: 0.5, random: always })).toThrow(/^\[dropPath\] .*\(OPTION_INVALID\)$/);
  });
});

describe('dropPathRates', () => {
  it.each(Object.entries(cases['from zero']))('of %s blocks from zero are those of timm', (blocks, rates) => {
    expectClose(dropPathRates({ blocks: Number(blocks), rate: 0.3, decay: 'from-zero' }), rates, {
      absolute: 1e-6,
    });
  });

  // The paper's example: 54 blocks, survival 0.5 at the last; the first survives with 1 - 0.5 / 54.
  it('grow to the rate of the last block, as in the paper', () => {
    const rates = dropPathRates({ blocks: 54, rate: 0.5 });
    expect(rates).toHaveLength(54);
    expect(rates[0]).toBeCloseTo(0.0092593, 6);
    expect(rates[26]).toBeCloseTo(0.25, 10);
    expect(rates.at(-1)).toBe(0.5);
    expect(dropPathRates({ blocks: 3, rate: 0.2, decay: 'constant' })).toEqual([0.2, 0.2, 0.2]);
  });

  it.each([
    { blocks: 0, rate: 0.1 },
    { blocks: 1e9, rate: 0.1 },
    { blocks: 1.5, rate: 0.1 },
    { blocks: 2, rate: 2 },
    { blocks: 2, rate: 0.1, decay: 'x' },
  ])('refuse %o', (options) => {
    expect(() => dropPathRates(options as never)).toThrow(/^\[dropPathRates\] .*\(OPTION_INVALID\)$/);
  });
});
