import { isCantripError } from '@cantrip/errors';
import { describe, expect, it } from 'vitest';
import * as schedules from '../src/index.ts';

// As a program without types would call them.
const lr = schedules as unknown as Record<string, (...given: unknown[]) => (step: number) => number>;
const fine = { value: 0.1, steps: 10 };

const cases: readonly (readonly [what: string, call: () => unknown, message: string])[] = [
  [
    'a share that looks like steps',
    () => lr['linear']!({ endValue: 0.1, steps: 0.1 }),
    "[linear] steps must be a whole number of steps, epochs such as '5ep', or a share of the run such as '10%', got 0.1.",
  ],
  ['a length of another unit', () => lr['cosine']!({ value: 0.1, steps: '5 epochs' }), 'got "5 epochs"'],
  ['more than the whole run', () => lr['cosine']!({ value: 0.1, steps: '120%' }), 'got "120%"'],
  ['a negative length', () => lr['cosine']!({ value: 0.1, steps: -1 }), 'got -1'],
  ['a missing length', () => lr['cosine']!({ value: 0.1 }), '[cosine] steps is missing'],
  ['a negative rate', () => lr['cosine']!({ value: -0.1, steps: 10 }), 'value must be >= 0, got -0.1'],
  [
    'a rate that is not finite',
    () => lr['constant']!({ value: Infinity }),
    'value must be finite, got Infinity',
  ],
  [
    'a rate that is not a number',
    () => lr['constant']!({ value: '0.1' }),
    'value must be a number, got "0.1"',
  ],
  ['a misspelt option', () => lr['cosine']!({ ...fine, endvalue: 0 }), '[cosine] has no option endvalue'],
  ['no options at all', () => lr['linear']!(), '[linear] options must be a plain object, got undefined'],
  ['a power of 0', () => lr['polynomial']!({ ...fine, power: 0 }), 'power must be > 0, got 0'],
  ['a factor of 0', () => lr['exponential']!({ value: 0.1, factor: 0 }), 'factor must be > 0, got 0'],
  [
    'a period of 0',
    () => lr['step']!({ value: 1, factor: 0.1, every: '0ep' }),
    'every must be a length longer than 0, got "0ep"',
  ],
  [
    'no milestone',
    () => lr['multiStep']!({ value: 1, factor: 0.1, at: [] }),
    'at must be a list of at least one milestone',
  ],
  [
    'a bad milestone',
    () => lr['multiStep']!({ value: 1, factor: 0.1, at: [1.5] }),
    '[multiStep] at[0] must be',
  ],
  ['nothing to join', () => lr['join']!([]), '[join] pieces must be an array of at least one schedule'],
  [
    'pieces that are no list',
    () => lr['join']!('all'),
    '[join] pieces must be an array of schedules, got "all"',
  ],
  [
    'a piece that is a number',
    () => lr['join']!([0.1]),
    '[join] pieces[0] must be a schedule, or { schedule, steps }, got 0.1',
  ],
  [
    'a piece without end before another',
    () => lr['join']!([() => 1, () => 2])(0),
    '[join] pieces[0] must have a length, because the next piece starts after it',
  ],
  [
    'a convention that does not exist',
    () => lr['warmup']!(() => 1, { steps: 1, convention: 'during' }),
    'convention must be',
  ],
  [
    'a warm-up of nothing',
    () => lr['warmup']!(0.1, { steps: 1 }),
    '[warmup] schedule must be a function, got 0.1',
  ],
  [
    'a warm-up as long as the schedule it shortens',
    () => lr['warmup']!(schedules.cosine({ value: 1, steps: 5 }), { steps: 5, convention: 'inside' })(0),
    '[warmup] the warm-up of 5 steps must be shorter than the schedule of 5 steps',
  ],
  [
    'pieces to be shortened',
    () => lr['warmup']!(schedules.join([schedules.cosine(fine)]), { steps: 5, convention: 'inside' })(0),
    '[join] the pieces have fixed lengths, so another schedule cannot change its length',
  ],
  [
    'a shape that does not exist',
    () => lr['oneCycle']!({ peakValue: 1, steps: 10, shape: 'round' }),
    "[oneCycle] shape must be 'linear', 'cosine', '1-sqrt' or a function of the progress, got \"round\"",
  ],
  [
    'a shape of a warm-up that does not exist',
    () => lr['warmup']!(() => 1, { steps: 1, shape: 'round' }),
    "'1-sqrt' or a function of the progress, or 'constant', got \"round\"",
  ],
  [
    'a cycle that does not fit',
    () => lr['oneCycle']!({ peakValue: 1, steps: 10, rise: 6, fall: 6 })(0),
    '[oneCycle] rise and fall must together be at most steps (10), got 6 and 6 steps',
  ],
  [
    'a plateau that does not fit',
    () => lr['warmupStableDecay']!({ peakValue: 1, steps: 10, warmup: 6, decay: 6 })(0),
    '[warmupStableDecay] warmup and decay must together be at most steps (10), got 6 and 6 steps',
  ],
  [
    'a flat part that does not fit',
    () => lr['flatCosine']!({ value: 1, steps: 10, flat: 11 })(0),
    '[flatCosine] flat must be at most steps (10), got 11 steps',
  ],
  [
    'a curve from right to left',
    () => lr['tanh']!({ value: 1, steps: 10, lower: 3, upper: 3 }),
    '[tanh] upper must be above lower, got 3',
  ],
  [
    'values without places',
    () => lr['piecewise']!({ values: [1, 2], at: [] }),
    '[piecewise] at must be a list of at least one length',
  ],
  [
    'as many values as places',
    () => lr['piecewise']!({ values: [1], at: [5] }),
    '[piecewise] values must hold one value more than at',
  ],
  [
    'cycles that shrink',
    () => lr['restarts']!(schedules.cosine(fine), { multiplier: 0.5 }),
    '[restarts] multiplier must be >= 1, got 0.5',
  ],
  [
    'a length of no number of cycles',
    () => lr['restarts']!(schedules.cosine(fine), { steps: 100 }),
    '[restarts] cycles is missing, but steps needs it',
  ],
  ['no factor', () => lr['multiply']!(), '[multiply] factors must be at least one schedule or number'],
  [
    'a factor that is text',
    () => lr['multiply']!('2'),
    '[multiply] factors[0] must be a schedule or a number of at least 0, got "2"',
  ],
  ['a ratio of 0', () => lr['stretch']!(schedules.cosine(fine), 0), '[stretch] ratio must be > 0, got 0'],
  [
    'a plugin without schedule',
    () => lr['lrSchedule']!(0.1),
    '[lrSchedule] schedule must be a function, got 0.1',
  ],
  [
    'a run without steps',
    () => lr['bindSchedule']!(schedules.cosine(fine), { stepsPerEpoch: 0, totalSteps: 0 }),
    '[bindSchedule] stepsPerEpoch must be a positive integer, got 0',
  ],
];

describe('bad input is one clear sentence:', () => {
  it.each(cases)('%s', (_, call, message) => {
    const error = thrownBy(call);
    expect(isCantripError(error) && error.code).toBe('OPTION_INVALID');
    expect((error as Error).message).toContain(message);
  });
});

function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}
