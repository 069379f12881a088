import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BoundSchedule,
  bindSchedule,
  constant,
  cosine,
  cyclic,
  flatCosine,
  hyperparameterSchedule,
  inverseTime,
  join,
  type Length,
  linear,
  lrSchedule,
  multiply,
  multiStep,
  noise,
  oneCycle,
  piecewise,
  restarts,
  type Schedule,
  step,
  stretch,
  warmup,
  warmupStableDecay,
} from '../src/index.ts';
import { hostContext } from './host-context.ts';

const inRun = (schedule: Schedule, totalSteps: number, stepsPerEpoch = 1): BoundSchedule =>
  bindSchedule(schedule, { stepsPerEpoch, totalSteps });

const share = (percent: number): Length => `${percent}%`;
const valuesOf = (schedule: BoundSchedule, steps: number): number[] =>
  Array.from({ length: steps }, (_, at) => schedule(at));

const runLength = fc.integer({ min: 1, max: 10_000 });
const shortRun = fc.integer({ min: 1, max: 60 });

/** Shares of at most one decimal that add up to 100 %, some of them 0. */
const shares = (count: number): fc.Arbitrary<number[]> =>
  fc
    .array(fc.integer({ min: 0, max: 1000 }), { minLength: count - 1, maxLength: count - 1 })
    .map((cuts) => [0, ...cuts.sort((a, b) => a - b), 1000])
    .map((cuts) => cuts.slice(1).map((cut, index) => (cut - cuts[index]!) / 10));

/** Stairs 0, 1, 2 …, each for its share. */
const stairs = (parts: readonly number[]): Schedule =>
  join(parts.map((part, index) => constant({ value: index, steps: share(part) })));

function expectToFit(schedule: Schedule, totalSteps: number, end: number): void {
  const bound = inRun(schedule, totalSteps);
  expect(bound.steps).toBe(totalSteps);
  expect(bound(totalSteps)).toBe(end);
}

describe('shares that add up to 100 % fit every run from 1 to 10,000 steps', () => {
  it.each([
    ['28 %, 28 % and 44 %', ['28%', '28%', '44%']],
    ['10 %, 23 % and 67 %', ['10%', '23%', '67%']],
    ['a third, a third and the rest', ['33.3%', '33.3%', '33.4%']],
  ] as const)('%s of a join', (_, [rise, flat, fall]) => {
    const schedule = join([
      linear({ endValue: 1, steps: rise }),
      constant({ value: 1, steps: flat }),
      cosine({ value: 1, steps: fall }),
    ]);
    for (let steps = 1; steps <= 10_000; steps++) expectToFit(schedule, steps, 0);
  });

  it.each([
    ['45 % and 55 % of one cycle', oneCycle({ peakValue: 1, steps: '100%', rise: '45%', fall: '55%' })],
    ['50 % and 50 % of one cycle', oneCycle({ peakValue: 1, steps: '100%', rise: '50%', fall: '50%' })],
    ['50 % and 50 % of a warm-up and a decay', halves()],
    ['a warm-up of 37 % inside', warmup(halves({ warmup: 0 }), { steps: '37%', convention: 'inside' })],
    [
      'a warm-up of 37 % before 63 %',
      warmup(cosine({ value: 1, endValue: 4e-6, steps: '63%' }), { steps: '37%' }),
    ],
    ['eight cycles of 12.5 %', restarts(cosine({ value: 1, endValue: 4e-6, steps: '12.5%' }), { cycles: 8 })],
    ['a flat part of 100 %', flatCosine({ value: 1, endValue: 4e-6, flat: '100%', steps: '100%' })],
    [
      'places at 1 %, 2 % and 100 %',
      piecewise({ values: [0, 1, 1, 4e-6], at: ['1%', '2%', '100%'], shape: 'linear' }),
    ],
    ['half and half of a stretched join', stretch(join([plateau('50%'), last('50%')]), 0.7)],
    ['a join in a join', join([join([plateau('15%'), plateau('15%')]), last('70%')])],
    ['a product', multiply(1, join([plateau('35%'), last('65%')]))],
    ['noise', noise(join([plateau('35%'), last('65%')]), { seed: 1, from: '35%', to: '100%' })],
  ])('%s', (_, schedule) => {
    for (let steps = 1; steps <= 10_000; steps++) expectToFit(schedule, steps, 4e-6);
  });
});

function plateau(steps: Length): Schedule {
  return constant({ value: 1, steps });
}

function last(steps: Length): Schedule {
  return cosine({ value: 1, endValue: 4e-6, steps });
}

function halves(changes: { warmup?: Length } = {}): Schedule {
  return warmupStableDecay({
    peakValue: 1,
    endValue: 4e-6,
    warmup: '50%',
    decay: '50%',
    steps: '100%',
    ...changes,
  });
}

describe('whatever the shares', () => {
  it('parts come one after the other, each for its share to the nearest step, and the last one ends with the run', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }).chain(shares), runLength, (parts, steps) => {
        const bound = inRun(stairs(parts), steps);
        expect(bound.steps).toBe(steps);
        const values = valuesOf(bound, steps);
        let exact = 0;
        parts.forEach((part, index) => {
          exact += (part / 100) * steps;
          const before = values.filter((value) => value <= index).length;
          expect(Math.abs(before - exact)).toBeLessThanOrEqual(0.5 + 1e-6);
        });
        expect(values).toEqual(values.toSorted((a, b) => a - b));
      }),
      { numRuns: 300 },
    );
  });

  it('epochs and shares of the same length end at the same step', () => {
    fc.assert(
      fc.property(shares(3), fc.integer({ min: 1, max: 40 }), ([first, second, third], stepsPerEpoch) => {
        const inShares = stairs([first!, second!, third!]);
        const inEpochs = join(
          [first!, second!, third!].map((part, index) =>
            constant({ value: index, steps: `${part / 10}ep` as Length }),
          ),
        );
        const steps = 10 * stepsPerEpoch;
        expect(valuesOf(inRun(inEpochs, steps, stepsPerEpoch), steps)).toEqual(
          valuesOf(inRun(inShares, steps, stepsPerEpoch), steps),
        );
      }),
      { numRuns: 300 },
    );
  });

  it('one cycle rises to its peak, falls, and ends with the run', () => {
    fc.assert(
      fc.property(shares(3), shortRun, ([rise, fall], steps) => {
        const bound = inRun(
          oneCycle({
            peakValue: 1,
            initialValue: 0.5,
            steps: '100%',
            rise: share(rise!),
            fall: share(fall!),
            shape: 'linear',
          }),
          steps,
        );
        const values = [...valuesOf(bound, steps), bound(steps)];
        const top = values.indexOf(Math.max(...values));
        expect(bound.steps).toBe(steps);
        expect(values.slice(0, top + 1)).toEqual(values.slice(0, top + 1).toSorted((a, b) => a - b));
        expect(values.slice(top)).toEqual(values.slice(top).toSorted((a, b) => b - a));
      }),
    );
  });

  it('a warm-up, a plateau and a decay stand in the order and at the places of a join', () => {
    fc.assert(
      fc.property(shares(3), runLength, ([rise, flat, fall], steps) => {
        const whole = warmupStableDecay({
          peakValue: 1,
          warmup: share(rise!),
          decay: share(fall!),
          decayShape: 'linear',
          steps: '100%',
        });
        const parts = join([
          linear({ endValue: 1, steps: share(rise!) }),
          constant({ value: 1, steps: share(flat!) }),
          linear({ initialValue: 1, endValue: 0, steps: share(fall!) }),
        ]);
        const [one, other] = [inRun(whole, steps), inRun(parts, steps)];
        for (let at = 0; at <= steps; at += Math.ceil(steps / 97)) expect(one(at)).toBeCloseTo(other(at), 12);
      }),
    );
  });

  it('a warm-up inside is the warm-up and the rest, in every form of both', () => {
    fc.assert(
      fc.property(shares(2), runLength, ([rise, rest], steps) => {
        fc.pre(rest! > 0);
        const curve = { value: 1, endValue: 0.25 };
        const inside = warmup(cosine({ ...curve, steps: '100%' }), {
          steps: share(rise!),
          convention: 'inside',
        });
        const before = warmup(cosine({ ...curve, steps: share(rest!) }), { steps: share(rise!) });
        const [one, other] = [inRun(inside, steps), inRun(before, steps)];
        expect([one.steps, other.steps]).toEqual([steps, steps]);
        for (let at = 0; at <= steps; at += Math.ceil(steps / 97)) expect(one(at)).toBeCloseTo(other(at), 12);
      }),
    );
  });

  it('milestones, stairs and pieces change at the same steps', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 999 }), { minLength: 1, maxLength: 6 }),
        runLength,
        (cuts, steps) => {
          const places = cuts.toSorted((a, b) => a - b).map((cut) => share(cut / 10));
          const ends = [0, ...cuts.toSorted((a, b) => a - b), 1000];
          const parts = ends.slice(1).map((end, index) => (end - ends[index]!) / 10);
          const values = parts.map((_, index) => 2 ** index);
          const schedules = [
            piecewise({ values, at: places }),
            multiStep({ value: 1, factor: 2, at: places }),
            join(parts.map((part, index) => constant({ value: values[index]!, steps: share(part) }))),
          ].map((schedule) => inRun(schedule, steps));
          for (let at = 0; at < steps; at += Math.ceil(steps / 203)) {
            expect(new Set(schedules.map((schedule) => schedule(at))).size).toBe(1);
          }
        },
      ),
    );
  });

  it.each([1, 2, 4, 5, 8, 10, 20])('%s periods end with the run, however long it is', (count) => {
    const every = share(100 / count);
    const half = share(50 / count);
    for (let steps = 2 * count; steps <= 1000; steps++) {
      const fallen = inRun(step({ value: 1, factor: 0.5, every }), steps);
      expect([fallen(steps - 1), fallen(steps)]).toEqual([0.5 ** (count - 1), 0.5 ** count]);
      const slower = inRun(inverseTime({ value: 1, rate: 1, every, stairs: true }), steps);
      expect([slower(steps - 1), slower(steps)]).toEqual([1 / count, 1 / (1 + count)]);
      const triangles = inRun(cyclic({ value: 0, peakValue: 1, rise: half, fall: half }), steps);
      expect(valuesOf(triangles, steps).filter((value) => value === 1)).toHaveLength(count);
      expect(triangles(steps)).toBe(0);
    }
  });

  it('stretched and repeated schedules end with the run', () => {
    fc.assert(
      fc.property(
        shares(3),
        runLength,
        fc.double({ min: 0.05, max: 20, noNaN: true }),
        fc.integer({ min: 1, max: 12 }),
        (parts, steps, ratio, cycles) => {
          const stretched = inRun(stretch(stairs(parts), ratio), steps);
          expect(stretched.steps).toBe(steps);
          const values = valuesOf(stretched, Math.min(steps, 300));
          expect(values).toEqual(values.toSorted((a, b) => a - b));
          const again = restarts(cosine({ value: 1, steps: 10 }), { cycles, steps: '100%' });
          expect(inRun(again, steps).steps).toBe(steps);
        },
      ),
    );
  });

  it('what a run takes as learning rate or other hyperparameter is never short', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }).chain(shares), runLength, (parts, steps) => {
        const schedule = stairs(parts);
        const clock = { epochs: 1, stepsPerEpoch: steps };
        void lrSchedule(schedule).onTrainBegin?.(
          hostContext({ current: 0, horizon: undefined }, clock) as never,
        );
        void hyperparameterSchedule({ momentum: schedule }).onTrainBegin?.(
          hostContext({ current: {}, horizons: undefined }, clock) as never,
        );
      }),
    );
  });
});

describe('a part that rounds to no step', () => {
  it('is left out, and what stands beside it leads to or from its first value', () => {
    const late = inRun(warmup(cosine({ value: 1, steps: '5%' }), { steps: '95%' }), 5);
    [0, 0.2, 0.4, 0.6, 0.8, 0].forEach((value, at) => expect(late(at)).toBeCloseTo(value, 12));
    const inside = inRun(
      warmup(cosine({ value: 1, steps: '100%' }), { steps: '95%', convention: 'inside' }),
      5,
    );
    expect(valuesOf(inside, 6)).toEqual(valuesOf(late, 6));
    const early = inRun(join([linear({ endValue: 1, steps: '10%' }), last('90%')]), 4);
    expect(early(0)).toBe(1);
  });

  it('of a run of one step leaves the first that has a step', () => {
    expect(inRun(stairs([28, 28, 44]), 1)(0)).toBe(1);
    expect(inRun(oneCycle({ peakValue: 1, steps: '100%', rise: '45%', fall: '55%' }), 1)(0)).toBe(1);
  });
});

describe('shares that are too much or too little', () => {
  it('are still refused', () => {
    const clock = { epochs: 1, stepsPerEpoch: 50 };
    expect(() => inRun(stairs([28, 28, 43]), 50)).not.toThrow();
    expect(() => inRun(oneCycle({ peakValue: 1, steps: '100%', rise: '46%', fall: '55%' }), 50)).toThrow(
      '[oneCycle] rise and fall must together be at most steps (50), got 23 and 28 steps.',
    );
    expect(() => inRun(halves({ warmup: '52%' }), 50)).toThrow(
      'warmup and decay must together be at most steps (50), got 26 and 25 steps',
    );
    expect(() =>
      lrSchedule(stairs([28, 28, 42])).onTrainBegin?.(
        hostContext({ current: 0, horizon: undefined }, clock) as never,
      ),
    ).toThrow('the schedule has 49 steps, but the run has 50');
  });
});

describe('piecewise', () => {
  it.each<[string, readonly Length[]]>([
    ['fall', [30, 10]],
    ['stay', ['50%', '50%']],
    ['fall in epochs', ['2ep', '1.5ep']],
  ])('refuses places that %s, at once', (_, at) => {
    expect(() => piecewise({ values: [1, 2, 3], at })).toThrow(
      '[piecewise] the entries of at must rise, got',
    );
  });

  it('compares places of different units once the run is known', () => {
    const schedule = piecewise({ values: [1, 2, 3], at: ['50%', 10] });
    expect(inRun(schedule, 10)(5)).toBe(2);
    expect(() => inRun(schedule, 20)).toThrow(
      '[piecewise] the entries of at must rise, got 10 after "50%". List the entries of at in rising order, ' +
        'each once. (OPTION_INVALID)',
    );
  });

  it('takes places that rise within one step of a short run', () => {
    expect(valuesOf(inRun(piecewise({ values: [1, 2, 3], at: ['50%', '51%'] }), 3), 3)).toEqual([1, 1, 3]);
  });
});
