import { exactSteps, isDue, type Length, lengthCheck, wholeStep } from '@cantrip/plugin-kit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const run = { stepsPerEpoch: 25, totalSteps: 400 };

describe('a length', () => {
  it.each([
    [0, 0],
    [500, 500],
    ['5ep', 125],
    ['0.5ep', 12.5],
    ['10%', 40],
    ['0.1%', 0.4],
    ['100%', 400],
  ] as const)('of %s is %d steps of a run of 16 epochs of 25', (length, steps) => {
    expect(lengthCheck(length)).toBeUndefined();
    expect(exactSteps('plugin', length, run)).toBeCloseTo(steps, 12);
  });

  it.each([
    0.1,
    -1,
    NaN,
    Infinity,
    2 ** 53,
    '5',
    '5 ep',
    '-1ep',
    '101%',
    '100.1%',
    '',
    null,
    undefined,
    ['5ep'],
    true,
  ])('is not %s', (value) => {
    const complaint =
      "must be a whole number of steps, epochs such as '5ep', or a share of the run such as '10%'";
    expect(lengthCheck(value)).toBe(complaint);
    expect(() => exactSteps('plugin', value as Length, run)).toThrow(`[plugin] length ${complaint}, got `);
  });

  it('in steps needs no run', () => {
    expect(exactSteps('plugin', 7, undefined)).toBe(7);
  });

  it.each([undefined, null, {}, { stepsPerEpoch: NaN }, { stepsPerEpoch: 0 }, { stepsPerEpoch: '5' }, 5])(
    'in epochs is refused where the run is %o',
    (given) => {
      expect(() => exactSteps('plugin', '5ep', given as never)).toThrow(
        "[plugin] the length '5ep' depends on the length of the run, which is not known here. Pass the schedule to " +
          'lrSchedule or bindSchedule, or give stepsPerEpoch and totalSteps. (SCHEDULE_UNBOUND)',
      );
    },
  );

  it('reads of the run only what it needs', () => {
    expect(exactSteps('plugin', '2ep', { stepsPerEpoch: 3 } as never)).toBe(6);
    expect(exactSteps('plugin', '50%', { totalSteps: 3 } as never)).toBe(1.5);
  });
});

describe('a whole step', () => {
  it.each([
    [0, 0],
    [12.4, 12],
    [12.5, 13],
    [0.145 * 100, 15],
    [Infinity, Infinity],
  ])('nearest to %d is %d', (exact, step) => {
    expect(wholeStep(exact)).toBe(step);
  });

  it('ends the run where the shares of its parts add up to the whole', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.array(fc.integer({ min: 1, max: 999 }), { minLength: 1, maxLength: 8 }),
        (totalSteps, drawn) => {
          const cuts = [...new Set([...drawn, 1000])].sort((a, b) => a - b);
          const shares = cuts.map((cut, index) => (cut - (cuts[index - 1] ?? 0)) / 10);
          const end = shares.reduce(
            (sum, share) => sum + exactSteps('plugin', `${share}%`, { stepsPerEpoch: 1, totalSteps }),
            0,
          );
          expect(wholeStep(end)).toBe(totalSteps);
        },
      ),
    );
  });
});

describe('what happens every so many steps', () => {
  const dueOf = (period: number): readonly number[] =>
    Array.from({ length: 10 }, (_, at) => at + 1).filter((steps) => isDue(steps, period));

  it('is due at the multiples of a period, which are rounded', () => {
    expect(dueOf(3)).toEqual([3, 6, 9]);
    expect(dueOf(2.5)).toEqual([3, 5, 8, 10]);
  });

  it('is due at each step where the period is shorter', () => {
    expect(dueOf(0.4)).toHaveLength(10);
  });
});
