import { describe, expect, it } from 'vitest';
import {
  bindSchedule,
  constant,
  cosine,
  exponential,
  join,
  linear,
  multiStep,
  step,
  warmup,
} from '../src/index.ts';

const run = { stepsPerEpoch: 100, totalSteps: 1000 };

describe('a length', () => {
  it('in steps needs no run', () => {
    expect(linear({ endValue: 0.1, steps: 100 })(50)).toBe(0.05);
  });

  it('in epochs is a number of steps once the run is known', () => {
    const schedule = bindSchedule(linear({ endValue: 0.1, steps: '5ep' }), run);
    expect(schedule.steps).toBe(500);
    expect(schedule(250)).toBe(0.05);
  });

  it('in per cent is a share of the whole run', () => {
    expect(bindSchedule(cosine({ value: 0.1, steps: '10%' }), run).steps).toBe(100);
    expect(bindSchedule(cosine({ value: 0.1, steps: '100%' }), run)(1000)).toBe(0);
  });

  it('becomes the nearest whole number of steps', () => {
    expect(
      bindSchedule(constant({ value: 1, steps: '0.5ep' }), { stepsPerEpoch: 13, totalSteps: 26 }).steps,
    ).toBe(7);
    expect(
      bindSchedule(constant({ value: 1, steps: '33.3%' }), { stepsPerEpoch: 5, totalSteps: 10 }).steps,
    ).toBe(3);
  });

  it('of nothing gives the end value at once', () => {
    expect(linear({ endValue: 0.1, steps: 0 })(0)).toBe(0.1);
    expect(bindSchedule(cosine({ value: 1, steps: '0ep' }), run)(0)).toBe(0);
  });

  it('may be a period or a milestone', () => {
    expect(bindSchedule(exponential({ value: 1, factor: 0.5, every: '2ep' }), run)(400)).toBe(0.25);
    expect(bindSchedule(step({ value: 1, factor: 0.5, every: '2ep' }), run)(399)).toBe(0.5);
    expect(bindSchedule(multiStep({ value: 1, factor: 0.5, at: ['30%', '6ep'] }), run)(600)).toBe(0.25);
  });

  it('in epochs is an error that says what to do while the run is unknown', () => {
    expect(() => linear({ endValue: 0.1, steps: '5ep' })(0)).toThrow(
      "[linear] the length '5ep' depends on the length of the run, which is not known here. Pass the schedule to " +
        'lrSchedule or bindSchedule, or give stepsPerEpoch and totalSteps. (SCHEDULE_UNBOUND)',
    );
  });

  it('changes with the run: the same schedule serves two', () => {
    const schedule = linear({ endValue: 1, steps: '1ep' });
    expect(bindSchedule(schedule, run)(5)).toBe(0.05);
    expect(bindSchedule(schedule, { stepsPerEpoch: 10, totalSteps: 20 })(5)).toBe(0.5);
  });
});

describe('past its end a schedule keeps its end value', () => {
  it.each([
    ['linear', linear({ endValue: 0.1, steps: 10 }), 0.1],
    ['cosine, which never climbs again', cosine({ value: 0.1, endValue: 0.01, steps: 10 }), 0.01],
    ['exponential with steps', exponential({ value: 0.8, factor: 0.5, steps: 2 }), 0.2],
    ['join', join([constant({ value: 1, steps: 3 }), cosine({ value: 1, endValue: 0.5, steps: 7 })]), 0.5],
    ['warmup', warmup(cosine({ value: 0.1, endValue: 0.02, steps: 8 }), { steps: 2 }), 0.02],
  ])('%s', (_, schedule, end) => {
    for (const at of [10, 11, 15, 20, 1e9]) expect(schedule(at)).toBe(end);
  });
});

describe('the exact forms', () => {
  it('of a linear warm-up is base * step / total', () => {
    const schedule = linear({ endValue: 0.3, steps: 7 });
    for (const at of [0, 1, 2, 3, 4, 5, 6]) expect(schedule(at)).toBe((0.3 * at) / 7);
  });

  it('of a cosine is base * 0.5 * (1 + cos(step / max * pi))', () => {
    const schedule = cosine({ value: 0.3, steps: 7 });
    for (const at of [0, 1, 2, 3, 4, 5, 6]) {
      expect(schedule(at)).toBe(0.3 * 0.5 * (1 + Math.cos((at / 7) * Math.PI)));
    }
  });
});

describe('join', () => {
  it('counts each piece from its own 0 and switches exactly at the boundary', () => {
    const seen: number[] = [];
    const spy = (at: number): number => seen.push(at);
    const schedule = join([constant({ value: 1, steps: 3 }), spy]);
    for (let at = 0; at < 5; at++) schedule(at);
    expect(seen).toEqual([0, 1]);
  });

  it('mixes lengths of all kinds', () => {
    const schedule = bindSchedule(
      join([
        constant({ value: 1, steps: 50 }),
        constant({ value: 2, steps: '1ep' }),
        constant({ value: 3, steps: '10%' }),
      ]),
      run,
    );
    expect([49, 50, 149, 150].map(schedule)).toEqual([1, 2, 2, 3]);
    expect(schedule.steps).toBe(250);
  });

  it('takes a plain function with the length it is to have', () => {
    const schedule = join([{ schedule: (at) => at, steps: 4 }, constant({ value: 9 })]);
    expect([0, 3, 4, 100].map(schedule)).toEqual([0, 3, 9, 9]);
  });

  it('nests', () => {
    const inner = join([constant({ value: 1, steps: 2 }), constant({ value: 2, steps: 2 })]);
    const schedule = join([inner, constant({ value: 3 })]);
    expect([0, 1, 2, 3, 4].map(schedule)).toEqual([1, 1, 2, 2, 3]);
  });
});

describe('a warm-up', () => {
  const curve = cosine({ value: 0.1, steps: 100 });

  it('before the schedule makes the whole longer', () => {
    expect(bindSchedule(warmup(curve, { steps: 20, convention: 'before' }), run).steps).toBe(120);
  });

  it('inside the schedule, in either way, keeps the whole as long', () => {
    for (const convention of ['inside', 'mid-curve'] as const) {
      expect(bindSchedule(warmup(curve, { steps: 20, convention }), run).steps).toBe(100);
    }
  });

  it('works around a plain function, except to shorten it', () => {
    const schedule = warmup((at) => 1 / (1 + at), { steps: 2, convention: 'mid-curve' });
    expect([0, 1, 2, 4].map(schedule)).toEqual([0, 0.5, 1 / 3, 0.2]);
    expect(() => warmup((at) => at, { steps: 2, convention: 'inside' })(0)).toThrow(/has no length/);
  });
});
