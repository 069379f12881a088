import { describe, expect, it } from 'vitest';
import { bindSchedule, linear, multiplicative } from '../src/index.ts';

const halving = multiplicative({ value: 0.1, factor: (step) => (step % 10 === 0 ? 0.5 : 1) });

describe('multiplicative', () => {
  it('multiplies by the factor of each step from the first on', () => {
    expect([0, 9, 10, 25].map(halving)).toEqual([0.1, 0.1, 0.05, 0.025]);
  });

  it('follows from the step alone, whatever was asked before', () => {
    expect([25, 0, 30, 10, 25].map(halving)).toEqual([0.025, 0.1, 0.0125, 0.05, 0.025]);
  });

  it('asks for each factor once where steps follow on one another', () => {
    const asked: number[] = [];
    const schedule = multiplicative({ value: 1, factor: (step) => (asked.push(step), 1) });
    for (const step of [0, 1, 2, 3]) schedule(step);
    expect(asked).toEqual([1, 2, 3]);
  });

  it('goes from one step to the next in a power of its factor, for a schedule that is continued at another speed', () => {
    const quarters = multiplicative({ value: 1, factor: () => 0.25 });
    expect([1, 1.5, 2].map(quarters)).toEqual([0.25, 0.125, 0.0625]);
  });

  it('stays where it is after its steps, and finds the lengths of its factor in the run', () => {
    const ending = multiplicative({ value: 1, factor: () => 0.5, steps: 2 });
    expect([1, 2, 100].map(ending)).toEqual([0.5, 0.25, 0.25]);
    const factor = linear({ initialValue: 1, endValue: 0.5, steps: '100%' });
    const bound = bindSchedule(multiplicative({ value: 1, factor }), { stepsPerEpoch: 1, totalSteps: 2 });
    expect([0, 1, 2].map(bound)).toEqual([1, 0.75, 0.375]);
    expect(bound.steps).toBe(Infinity);
  });

  it('refuses a factor that is no function', () => {
    expect(() => multiplicative({ value: 1, factor: 0.5 as never })).toThrow(
      '[multiplicative] factor must be a schedule, that is a function (step) => number, got 0.5',
    );
  });
});
