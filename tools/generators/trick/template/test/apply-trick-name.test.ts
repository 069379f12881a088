import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { openDevice } from '@cantrip/core-tensor-gpu';
import { applyTrickName, trickName } from '../src/index.ts';

beforeAll(async () => {
  await openDevice('cpu');
});

// Compare with golden values of another implementation: tools/golden shows how they are made.
describe('applyTrickName', () => {
  it('multiplies the loss', async () => {
    const loss = applyTrickName(tf.scalar(2), 0.5);
    expect(Array.from(await loss.data())).toEqual([1]);
  });

  it('refuses a loss that is not one number, with a code of its own', () => {
    expect(() => applyTrickName(tf.ones([2]) as never, 0.5)).toThrow('(TRICK_NAME_NO_SCALAR)');
  });
});

describe('trickName', () => {
  it.each([{ strength: 0 }, { strength: -1 }, { strength: NaN }, { strength: Infinity }, { strenght: 1 }])(
    'refuses %o with a sentence that says what to do',
    (options) => {
      expect(() => trickName(options)).toThrow(/^\[trickName\] .+ .+\. .+\. \(OPTION_INVALID\)$/);
    },
  );
});
