import * as schedules from '@cantrip/lr-schedules';
import { options, type Rows } from '../row.ts';
import {
  anything,
  arrayOf,
  callable,
  either,
  flag,
  integer,
  named,
  nothing,
  number,
  oneOf,
  optional,
  optionalOptions,
  type Rule,
} from '../rules.ts';

const rate = number({ min: 0 });
const positive = number({ above: 0 });
const length: Rule = either(
  integer({ min: 0 }),
  (value) =>
    typeof value === 'string' &&
    /^\d+(\.\d+)?(ep|%)$/.test(value) &&
    (value.endsWith('ep') || parseFloat(value) <= 100),
);
const period: Rule = (value) => length(value) && value !== 0 && !/^0(\.0+)?(ep|%)$/.test(String(value));
const steps = { steps: optional(length) };
const whole = integer({ min: 1 });
const count = integer({ min: 0 });
const shape = either(callable, oneOf('linear', 'cosine', '1-sqrt'));
const format = { format: optional(oneOf('svg', 'sparkline')) };
const run = { stepsPerEpoch: 5, totalSteps: 10 };
const isRun: Rule = (value) => typeof value === 'object' && value === run;
const horizon = {
  pastEnd: optional(oneOf('raise', 'hold')),
  newHorizon: optional(oneOf('keep', 'stretch', 'continue')),
};
const value = (given: unknown): boolean => typeof given === 'number';
const watch = {
  monitor: optional((given) => typeof given === 'string' && given !== ''),
  every: optional(period),
};
const improvement = {
  mode: oneOf('min', 'max'),
  threshold: rate,
  thresholdMode: oneOf('relative', 'absolute'),
  patience: count,
  cooldown: count,
};
const plateauRule = { mode: 'min', threshold: 0, thresholdMode: 'relative', patience: 1, cooldown: 0 };
const greedyRule = { ...plateauRule, warmup: 0 };
const optionalEach = (rules: Readonly<Record<string, Rule>>): Record<string, Rule> =>
  Object.fromEntries(Object.entries(rules).map(([option, rule]) => [option, optional(rule)]));
const linear = (): schedules.BindableSchedule => schedules.linear({ endValue: 0.1, steps: 10 });

/** Every export of the package. */
export const lrSchedules: Rows = {
  batchScale: {
    right: () => [{ batchSize: 64 }],
    legal: [
      options({
        batchSize: whole,
        referenceBatchSize: optional(whole),
        rule: optional(oneOf('linear', 'sqrt')),
      }),
    ],
  },
  constant: { right: () => [{ value: 0.1 }], legal: [options({ value: rate, ...steps })] },
  cosine: {
    right: () => [{ value: 0.1, steps: 10 }],
    legal: [
      options({
        value: rate,
        endValue: optional(rate),
        steps: length,
        kDecay: optional(positive),
        exponent: optional(positive),
        waves: optional(positive),
      }),
    ],
  },
  cyclic: {
    right: () => [{ value: 0.1, peakValue: 0.2, rise: 5 }],
    legal: [
      options({
        value: rate,
        peakValue: rate,
        rise: period,
        fall: optional(period),
        cycleFactor: optional(positive),
        stepFactor: optional(positive),
        ...steps,
      }),
    ],
  },
  exponential: {
    right: () => [{ value: 0.1, factor: 0.9 }],
    legal: [
      options({ value: rate, factor: positive, every: optional(period), endValue: optional(rate), ...steps }),
    ],
  },
  flatCosine: {
    right: () => [{ value: 0.1, steps: 10 }],
    legal: [options({ value: rate, endValue: optional(rate), steps: length, flat: optional(length) })],
  },
  step: {
    right: () => [{ value: 0.1, factor: 0.5, every: 3 }],
    legal: [options({ value: rate, factor: positive, every: period, endValue: optional(rate), ...steps })],
  },
  inverseSqrt: {
    right: () => [{ value: 0.1, timescale: 10 }],
    legal: [options({ value: rate, timescale: period, power: optional(positive), ...steps })],
  },
  inverseTime: {
    right: () => [{ value: 0.1, rate: 1 }],
    legal: [
      options({ value: rate, rate: positive, every: optional(period), stairs: optional(flag), ...steps }),
    ],
  },
  join: { right: () => [[linear(), linear()]], legal: [arrayOf(callable, { min: 1 })] },
  linear: {
    right: () => [{ endValue: 0.1, steps: 10 }],
    legal: [options({ initialValue: optional(rate), endValue: rate, steps: length })],
  },
  lrSchedule: {
    right: () => [linear(), {}],
    legal: [callable, options(horizon, optionalOptions)],
  },
  multiStep: {
    right: () => [{ value: 0.1, factor: 0.5, at: [3] }],
    legal: [options({ value: rate, factor: positive, at: arrayOf(length, { min: 1 }), ...steps })],
  },
  multiplicative: {
    right: () => [{ value: 0.1, factor: () => 0.9 }],
    legal: [options({ value: rate, factor: callable, ...steps })],
  },
  multiply: { right: () => [linear(), 0.5], legal: [either(callable, rate), either(callable, rate)] },
  noam: {
    right: () => [{ modelSize: 512, warmup: 10 }],
    legal: [options({ modelSize: positive, warmup: period, factor: optional(positive), ...steps })],
  },
  noise: {
    right: () => [linear(), { seed: 1 }],
    legal: [
      callable,
      options({
        seed: integer(),
        kind: optional(oneOf('normal', 'uniform')),
        limit: optional(number({ above: 0, max: 1 })),
        standardDeviation: optional(positive),
        from: optional(length),
        to: optional(length),
      }),
    ],
  },
  bindSchedule: {
    right: () => [linear(), { stepsPerEpoch: 5, totalSteps: 10 }],
    legal: [callable, options({ stepsPerEpoch: whole, totalSteps: whole })],
  },
  findLearningRate: {
    right: () => [idleTrainer(), {}, {}],
    legal: [
      nothing,
      anything,
      options(
        {
          startValue: optional(positive),
          endValue: optional(positive),
          steps: optional(integer({ min: 10 })),
          sweep: optional(oneOf('exponential', 'linear')),
          smoothing: optional(number({ min: 0, below: 1 })),
          // Infinity never stops early.
          stopFactor: optional(either(number({ above: 1 }), oneOf(Infinity))),
          skipStart: optional(count),
          skipEnd: optional(count),
        },
        optionalOptions,
      ),
    ],
  },
  greedyAfter: {
    right: () => [schedules.noGreed, 1, greedyRule],
    legal: [nothing, value, options({ ...improvement, warmup: count })],
  },
  greedyLearningRate: {
    right: () => [{}],
    legal: [
      options(
        {
          ...watch,
          ...optionalEach({ ...improvement, warmup: count }),
          factor: optional(number({ above: 0, below: 1 })),
          minimum: optional(rate),
          maximum: optional(rate),
          smallestChange: optional(rate),
          window: optional(whole),
          resetAfter: optional(whole),
        },
        optionalOptions,
      ),
    ],
  },
  hyperparameterSchedule: {
    right: () => [{ momentum: linear() }, {}],
    legal: [{ whole: nothing, options: { momentum: callable } }, options(horizon, optionalOptions)],
  },
  noGreed: 'a value',
  noPlateau: 'a value',
  oneCycle: {
    right: () => [{ peakValue: 0.1, steps: 100 }],
    legal: [
      options({
        peakValue: rate,
        initialValue: optional(rate),
        endValue: optional(rate),
        steps: length,
        rise: optional(length),
        fall: optional(length),
        shape: optional(shape),
      }),
    ],
  },
  perEpoch: { right: () => [linear()], legal: [callable] },
  piecewise: {
    right: () => [{ values: [0.1, 0.2], at: [3] }],
    legal: [
      options({
        values: arrayOf(rate, { min: 2 }),
        at: arrayOf(length, { min: 1 }),
        shape: optional(oneOf('stairs', 'linear', 'cosine')),
        ...steps,
      }),
    ],
  },
  plateauAfter: {
    right: () => [schedules.noPlateau, 1, plateauRule],
    legal: [nothing, value, options(improvement)],
  },
  plotSchedule: {
    right: () => [linear(), {}],
    legal: [
      callable,
      options(
        {
          ...format,
          run: optional(isRun),
          steps: optional(whole),
          width: optional(whole),
          height: optional(whole),
          logarithmic: optional(flag),
        },
        optionalOptions,
      ),
    ],
  },
  plotSweep: {
    right: () => [found(), {}],
    legal: [
      nothing,
      options(
        { ...format, width: optional(whole), height: optional(whole), logarithmic: optional(flag) },
        optionalOptions,
      ),
    ],
  },
  polynomial: {
    right: () => [{ value: 0.1, steps: 10 }],
    legal: [
      options({
        value: rate,
        endValue: optional(rate),
        steps: length,
        power: optional(positive),
        kDecay: optional(positive),
        cycle: optional(flag),
      }),
    ],
  },
  reduceOnPlateau: {
    right: () => [{}],
    legal: [
      options(
        {
          ...watch,
          ...optionalEach(improvement),
          factor: optional(number({ above: 0, below: 1 })),
          minimum: optional(either(rate, named(rate))),
          smallestChange: optional(rate),
        },
        optionalOptions,
      ),
    ],
  },
  restarts: {
    right: () => [linear(), {}],
    legal: [
      callable,
      options(
        {
          cycles: optional(whole),
          multiplier: optional(number({ min: 1 })),
          decay: optional(positive),
          decayOf: optional(oneOf('value', 'height')),
          ...steps,
        },
        optionalOptions,
      ),
    ],
  },
  stretch: { right: () => [linear(), 2], legal: [callable, positive] },
  suggestLearningRates: {
    right: () => [
      [0.1, 0.2, 0.3],
      [3, 2, 1],
    ],
    legal: [arrayOf(positive), arrayOf(number())],
  },
  tanh: {
    right: () => [{ value: 0.1, steps: 10 }],
    legal: [
      options({
        value: rate,
        endValue: optional(rate),
        steps: length,
        lower: optional(number()),
        upper: optional(number()),
      }),
    ],
  },
  warmup: {
    right: () => [linear(), { steps: 5 }],
    legal: [
      callable,
      options({
        steps: length,
        initialValue: optional(rate),
        convention: optional(oneOf('before', 'inside', 'mid-curve', 'onto-curve')),
        shape: optional(either(shape, oneOf('constant'))),
      }),
    ],
  },
  warmupStableDecay: {
    right: () => [{ peakValue: 0.1, steps: 100, decay: 10 }],
    legal: [
      options({
        peakValue: rate,
        initialValue: optional(rate),
        endValue: optional(rate),
        steps: length,
        warmup: optional(length),
        decay: length,
        warmupShape: optional(shape),
        decayShape: optional(shape),
        stable: optional(callable),
      }),
    ],
  },
};

/** A trainer that has nothing to do: only the options of the sweep are of concern. */
function idleTrainer(): object {
  const snapshot = { position: { epoch: 0, step: 0, batch: 0 } };
  return {
    open: () => ({ run: {} }),
    save: () => snapshot,
    fit: () => Promise.resolve(),
    restore: () => Promise.resolve(),
  };
}

function found(): schedules.FoundLearningRates {
  const points = [0.1, 0.2, 0.3].map((learningRate) => ({ learningRate, loss: 1, smoothedLoss: 1 }));
  const suggestions = { valley: 0.1, slide: undefined, minimum: undefined, steepest: undefined };
  return { points, suggestions, diverged: false };
}
