import { describe, expect, it } from 'vitest';
import {
  bindSchedule,
  constant,
  cosine,
  cyclic,
  exponential,
  flatCosine,
  linear,
  multiply,
  multiStep,
  oneCycle,
  perEpoch,
  piecewise,
  polynomial,
  restarts,
  type Schedule,
  stretch,
  tanh,
  warmup,
  warmupStableDecay,
} from '../src/index.ts';

const run = { stepsPerEpoch: 10, totalSteps: 100 };

describe('every schedule with a length', () => {
  const all: readonly (readonly [string, Schedule, end: number])[] = [
    ['linear', linear({ initialValue: 1, endValue: 0.2, steps: 40 }), 0.2],
    ['cosine', cosine({ value: 1, endValue: 0.2, steps: 40, kDecay: 2, exponent: 3 }), 0.2],
    ['polynomial', polynomial({ value: 1, endValue: 0.2, power: 3, steps: 40 }), 0.2],
    ['tanh', tanh({ value: 1, endValue: 0.2, steps: 40 }), 0.2],
    ['oneCycle', oneCycle({ peakValue: 1, endValue: 0.2, steps: 40 }), 0.2],
    ['warmupStableDecay', warmupStableDecay({ peakValue: 1, endValue: 0.2, decay: 10, steps: 40 }), 0.2],
    ['flatCosine', flatCosine({ value: 1, endValue: 0.2, steps: 40 }), 0.2],
    ['restarts', restarts(cosine({ value: 1, endValue: 0.2, steps: 10 }), { cycles: 4 }), 0.2],
    ['piecewise', piecewise({ values: [1, 0.5, 0.2], at: [20, 40], shape: 'cosine' }), 0.2],
    ['stretch', stretch(cosine({ value: 1, endValue: 0.2, steps: 20 }), 2), 0.2],
    ['multiply', multiply(0.5, linear({ endValue: 0.4, steps: 40 })), 0.2],
  ];

  it.each(all)('%s keeps its end value', (_, schedule, end) => {
    expect(bindSchedule(schedule, run).steps).toBe(40);
    for (const step of [40, 41, 57, 1e6]) expect(schedule(step)).toBe(end);
  });

  it.each(all)('%s is a number at every step, between steps too', (_, schedule) => {
    for (let step = 0; step < 50; step += 0.25) expect(schedule(step)).toBeGreaterThanOrEqual(0);
  });

  it.each(all.filter(([name]) => name !== 'multiply' && name !== 'piecewise'))(
    '%s leaves room for a warm-up inside it',
    (_, schedule, end) => {
      const whole = bindSchedule(warmup(schedule, { steps: 8, convention: 'inside' }), run);
      expect(whole.steps).toBe(40);
      expect(whole(8)).toBe(schedule(0));
      expect(whole(40)).toBe(end);
    },
  );
});

describe('restarts', () => {
  it('begin exactly where a cycle ends, however many there were', () => {
    const schedule = restarts(cosine({ value: 1, steps: 3 }), { multiplier: 3 });
    // The ends of the first cycles; a logarithm puts some of these into the cycle before.
    for (const end of [3, 12, 39, 120, 363, 1092, 3279, 9840]) {
      expect(schedule(end)).toBe(1);
      expect(schedule(end - 1)).toBeLessThan(1);
    }
  });

  it('need a schedule with a length', () => {
    expect(() => restarts(constant({ value: 1 }))(0)).toThrow(
      '[restarts] the schedule has no end, so it cannot restart',
    );
    expect(() => restarts((step) => step)(0)).toThrow(
      '[restarts] the schedule has no end, so it cannot restart',
    );
    expect(() => restarts(cosine({ value: 1, steps: 0 }))(0)).toThrow('has 0 steps, so it cannot repeat');
  });

  it('without an end leave no length to shorten', () => {
    const endless = restarts(cosine({ value: 1, steps: 10 }));
    expect(bindSchedule(endless, run).steps).toBe(Infinity);
    expect(() => warmup(endless, { steps: 5, convention: 'inside' })(0)).toThrow("'before'");
  });
});

describe('multiply', () => {
  it('takes numbers and schedules', () => {
    const schedule = multiply(
      0.5,
      constant({ value: 0.4 }),
      linear({ initialValue: 1, endValue: 2, steps: 10 }),
    );
    expect([0, 5, 10, 20].map(schedule)).toEqual([0.2, 0.30000000000000004, 0.4, 0.4]);
  });

  it('has no end where one of its schedules has none', () => {
    const schedule = multiply(exponential({ value: 1, factor: 0.5 }), linear({ endValue: 1, steps: 2 }));
    expect(bindSchedule(schedule, run).steps).toBe(Infinity);
    expect(schedule(3)).toBe(0.125);
  });
});

describe('stretch', () => {
  it('multiplies lengths in steps and in epochs, not shares of the run', () => {
    const milestones = multiStep({ value: 1, factor: 0.5, at: [10, '2ep', '50%'] });
    const short = bindSchedule(stretch(milestones, 0.5), run);
    const changes = [...Array(100).keys()].filter((step) => step > 0 && short(step) !== short(step - 1));
    expect(changes).toEqual([5, 10, 50]);
    expect(bindSchedule(stretch(cosine({ value: 1, steps: '100%' }), 0.5), run).steps).toBe(100);
  });
});

describe('perEpoch', () => {
  it('keeps the value of the first step of each epoch', () => {
    const schedule = bindSchedule(perEpoch(linear({ initialValue: 1, endValue: 0, steps: 25 })), run);
    expect([0, 9, 10, 19, 20, 29, 30].map(schedule)).toEqual([
      1, 1, 0.6, 0.6, 0.19999999999999996, 0.19999999999999996, 0,
    ]);
    expect(schedule.steps).toBe(30);
  });

  it('needs to know the epoch', () => {
    expect(() => perEpoch(linear({ endValue: 1, steps: 5 }))(0)).toThrow('(SCHEDULE_UNBOUND)');
  });
});

describe('lengths of all kinds', () => {
  it('are taken wherever a length is', () => {
    expect(bindSchedule(oneCycle({ peakValue: 1, steps: '100%', rise: '3ep' }), run)(30)).toBe(1);
    expect(bindSchedule(cyclic({ value: 0, peakValue: 1, rise: '1ep' }), run)(30)).toBe(1);
    const plateau = bindSchedule(
      warmupStableDecay({ peakValue: 1, steps: '100%', warmup: '1ep', decay: '20%' }),
      run,
    );
    expect([5, 10, 80, 85, 100].map(plateau)).toEqual([0.5, 1, 1, 0.5, 0]);
  });
});

describe('a warm-up', () => {
  const curve = linear({ initialValue: 1, endValue: 0, steps: 10 });

  it('onto the curve rises to where the schedule is by then', () => {
    const schedule = warmup(curve, { steps: 4, convention: 'onto-curve' });
    expect([0, 2, 4, 5].map(schedule)).toEqual([0, 0.3, 0.6, 0.5]);
  });

  it('may stay where it begins', () => {
    const schedule = warmup(curve, { steps: 4, initialValue: 0.25, shape: 'constant' });
    expect([0, 3, 4].map(schedule)).toEqual([0.25, 0.25, 1]);
  });

  it('may have any shape', () => {
    const schedule = warmup(curve, { steps: 4, shape: (left) => (1 - left) ** 2 });
    // A shape falls; a rise is its mirror image.
    expect(schedule(2)).toBe(0.25);
    expect(warmup(curve, { steps: 3, shape: 'cosine' })(1)).toBeCloseTo(0.25, 15);
  });
});
