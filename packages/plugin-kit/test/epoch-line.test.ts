import { epochLine, shortNumber, shortTime } from '@cantrip/plugin-kit';
import { describe, expect, it } from 'vitest';

describe('shortNumber', () => {
  it.each([
    [0, '0'],
    [0.1, '0.1'],
    [0.123456, '0.1235'],
    [0.00001234567, '0.00001235'],
    [12.3456, '12.35'],
    [999.96, '1000'],
    [6583.2, '6,583'],
    [1234567, '1,234,567'],
    [1e21, '1.000e+21'],
    [-0.5, '-0.5'],
    [Number.NaN, '–'],
    [Infinity, '–'],
  ])('%s is %s', (value, text) => {
    expect(shortNumber(value)).toBe(text);
  });
});

describe('shortTime', () => {
  it.each([
    [0, '0 ms'],
    [0.0137, '14 ms'],
    [0.9996, '1.0 s'],
    [2.345, '2.3 s'],
    [59.4, '59 s'],
    [59.6, '1 min 00 s'],
    [125, '2 min 05 s'],
    [3599.7, '1 h 00 min'],
    [3720, '1 h 02 min'],
    [360_000, '100 h 00 min'],
    [Number.NaN, '–'],
    [Infinity, '–'],
    [-1, '–'],
  ])('%s is %s', (seconds, text) => {
    expect(shortTime(seconds)).toBe(text);
  });
});

describe('epochLine', () => {
  it('has all figures, in their order', () => {
    const logs = { loss: 0.25, accuracy: 0.9, validation_loss: 1 / 3 };
    const line = epochLine({
      epoch: 3,
      epochs: 10,
      logs,
      learningRate: 0.01,
      examplesPerSecond: 6583.2,
      seconds: 12,
    });
    expect(line).toBe(
      'epoch 3/10: loss 0.25, accuracy 0.9, validation_loss 0.3333; learning rate 0.01; 6,583 examples/s; 12 s',
    );
  });

  it('leaves out what is missing, and shows a figure that is no number as a dash', () => {
    expect(epochLine({ epoch: 1, epochs: 1, logs: {} })).toBe('epoch 1/1');
    const odd = { learningRate: undefined, examplesPerSecond: Infinity, seconds: Number.NaN };
    expect(epochLine({ epoch: 1, epochs: 2, logs: { loss: 0.5, auc: Number.NaN }, ...odd })).toBe(
      'epoch 1/2: loss 0.5, auc –',
    );
  });
});
