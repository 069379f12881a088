import * as tf from '@tensorflow/tfjs-core';
import { adamw, sgd } from '@cantrip/optimizers';
import {
  accuracy,
  createTrainer,
  dropout,
  meanSquaredError,
  softmaxCrossEntropy,
  topK,
} from '@cantrip/trainer';
import { describe, expect, it } from 'vitest';

describe('createTrainer and what was not called or not awaited', () => {
  it.each([
    ['an optimizer', { optimizer: adamw }, 'Write adamw()'],
    ['a loss', { loss: softmaxCrossEntropy }, 'Write softmaxCrossEntropy()'],
    ['a loss by name', { loss: { digit: meanSquaredError } }, 'Write meanSquaredError()'],
    ['a metric', { metrics: accuracy }, 'Write accuracy()'],
    ['a metric in a list', { metrics: [topK] }, 'Write topK()'],
    ['a metric by name', { metrics: { digit: accuracy } }, 'Write accuracy()'],
    ['a promise of an optimizer', { optimizer: Promise.resolve(sgd()) }, 'Await optimizer first'],
  ])('refuses %s and says what to write', (_, given, fix) => {
    expect(() => createTrainer({ ...right(), ...(given as object) })).toThrow(fix);
  });

  it('takes a function that makes an optimizer', () => {
    for (const optimizer of [() => tf.train.adam(), () => sgd()]) {
      expect(() => createTrainer({ ...right(), optimizer }).dispose()).not.toThrow();
    }
  });
});

describe('numbers beyond what a label can be', () => {
  it.each([2 ** 31, -(2 ** 31) - 1])('ignoreIndex %d is refused', (ignoreIndex) => {
    expect(() => accuracy({ ignoreIndex })).toThrow('ignoreIndex must be');
    expect(() => topK({ ignoreIndex })).toThrow('ignoreIndex must be');
  });
});

describe('dropout', () => {
  it('refuses what is no tensor', () => {
    expect(() => dropout([1, 2] as never, { rate: 0.5, random: {} as never })).toThrow('x must be a tensor');
  });
});

function right(): Parameters<typeof createTrainer>[0] {
  return { model: () => () => tf.scalar(1), optimizer: sgd(), loss: meanSquaredError() };
}
