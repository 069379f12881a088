import { type BoundFunction, functionInRun, type RunLength, type StepFunction } from '@cantrip/plugin-kit';
import { describe, expect, it } from 'vitest';

/** Falls from 1 to 0 over the whole run. */
const falling: StepFunction = Object.assign(() => NaN, {
  forRun: ({ totalSteps }: RunLength): BoundFunction =>
    Object.assign((step: number) => Math.max(0, 1 - step / totalSteps), { steps: totalSteps }),
});
/** Falls over 10 steps, whatever the run. */
const short: StepFunction = Object.assign(() => NaN, {
  forRun: (): BoundFunction => Object.assign((step: number) => Math.max(0, 1 - step / 10), { steps: 10 }),
});

const run = {};
const at = (step: number, totalSteps: number) => ({ run, step, stepsPerEpoch: 10, totalSteps });

describe('a function of the step in a run', () => {
  it('has the value of the step', () => {
    const { settle, valueAt } = functionInRun('plugin', falling);
    const horizon = settle(at(0, 20), undefined);
    expect([0, 5, 20].map((step) => valueAt(at(step, 20), horizon))).toEqual([1, 0.75, 0]);
  });

  it('may be any function, which has no end', () => {
    const { settle, valueAt } = functionInRun('plugin', (step) => step * 2);
    const begun = settle(at(0, 20), undefined);
    expect(valueAt(at(15, 20), begun)).toBe(30);
    expect(valueAt(at(15, 40), settle(at(15, 40), begun))).toBe(30);
  });

  it('has a horizon that is plain data', () => {
    const { settle, valueAt } = functionInRun('plugin', falling, { newHorizon: 'continue' });
    const saved = settle(at(10, 40), settle(at(0, 20), undefined));
    expect(structuredClone(saved)).toEqual(saved);
    expect(JSON.parse(JSON.stringify(saved))).toEqual(saved);
    const again = functionInRun('plugin', falling, { newHorizon: 'continue' });
    expect(again.valueAt(at(25, 40), again.settle(at(25, 40), structuredClone(saved)))).toBe(
      valueAt(at(25, 40), saved),
    );
  });

  it('is refused before the first step where it is shorter than the run, unless its end value is held', () => {
    expect(() => functionInRun('plugin, option', short).settle(at(0, 20), undefined)).toThrow(
      '[plugin, option] the schedule has 10 steps, but the run has 20. ',
    );
    const { settle, valueAt } = functionInRun('plugin', short, { pastEnd: 'hold' });
    expect(valueAt(at(15, 20), settle(at(0, 20), undefined))).toBe(0);
  });

  it.each([
    ['keep', 0.25, 0],
    ['stretch', 0.625, 0.25],
    // Half of it is left at step 10, for 30 steps.
    ['continue', 0.5 * (25 / 30), 0.5 * (10 / 30)],
  ] as const)('goes on with another length as newHorizon %s says', (newHorizon, first, later) => {
    const { settle, valueAt } = functionInRun('plugin', falling, { newHorizon });
    const begun = settle(at(0, 20), undefined);
    const resumed = settle(at(10, 40), begun);
    expect(valueAt(at(15, 40), resumed)).toBeCloseTo(first, 12);
    expect(valueAt(at(30, 40), resumed)).toBeCloseTo(later, 12);
  });

  it('says how to go on with another length where nothing is said', () => {
    const { settle } = functionInRun('plugin', falling);
    expect(() => settle(at(10, 40), settle(at(0, 20), undefined))).toThrow('(SCHEDULE_HORIZON)');
  });

  it('does not mind another length that it does not read', () => {
    const { settle, valueAt } = functionInRun('plugin', short, { pastEnd: 'hold' });
    const begun = settle(at(0, 20), undefined);
    expect(valueAt(at(5, 40), settle(at(5, 40), begun))).toBe(0.5);
  });

  it('is a function, and its options are what they may be', () => {
    expect(() => functionInRun('plugin', 0.1 as never)).toThrow(
      '[plugin] the function of the step must be a function, got 0.1. ',
    );
    expect(() => functionInRun('plugin', falling, { pastEnd: 'raise' as never })).toThrow(
      '[plugin] pastEnd must be "throw" or "hold", got "raise". ',
    );
  });
});

describe('held schedules', () => {
  it('stay at the step at which the run holds them', () => {
    const { settle, valueAt } = functionInRun('plugin', falling);
    const horizon = settle(at(0, 20), undefined);
    expect(valueAt({ ...at(12, 20), heldAt: 5 }, horizon)).toBe(0.75);
    expect(valueAt({ ...at(12, 20), heldAt: 0 }, horizon)).toBe(1);
    // What holds them may be of any length.
    expect(settle({ ...at(12, 1000), heldAt: 5 }, horizon)).toBe(horizon);
    expect(valueAt(at(12, 20), horizon)).toBe(0.4);
  });
});
