import * as schedules from '@cantrip/lr-schedules';
import { options, type Rows } from '../../row.ts';
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
  plain,
  type Rule,
} from '../../rules.ts';

import { linear, period, positive, rate, value, whole } from './rules.ts';

const count = integer({ min: 0 });
const format = { format: optional(oneOf('svg', 'sparkline')) };
const run = { stepsPerEpoch: 5, totalSteps: 10 };
const isRun: Rule = (value) => typeof value === 'object' && value === run;
const horizon = {
  pastEnd: optional(oneOf('throw', 'hold')),
  newHorizon: optional(oneOf('keep', 'stretch', 'continue')),
};
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

/** Everything but the functions that make a schedule: plugins, plots and the learning rate finder. */
export const inARunRows: Rows = {
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
  // Other plugins follow no schedule.
  schedulesOf: { right: () => [schedules.lrSchedule(linear())], legal: [plain] },
  lrSchedule: {
    right: () => [linear(), {}],
    legal: [callable, options(horizon, optionalOptions)],
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
  perEpoch: { right: () => [linear()], legal: [callable] },
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
  suggestLearningRates: {
    right: () => [
      [0.1, 0.2, 0.3],
      [3, 2, 1],
    ],
    legal: [arrayOf(positive), arrayOf(number())],
  },
};

/** A trainer that has nothing to do: only the options of the sweep are of concern. */
function idleTrainer(): object {
  const snapshot = { position: { epoch: 0, step: 0, batch: 0 } };
  const ends = (): (() => void) => () => undefined;
  const run = {
    plugins: [{ name: 'lr-schedules' }],
    use: () => ({ beginSweep: ends }),
    holdSchedules: ends,
  };
  return {
    open: () => ({ run }),
    save: () => snapshot,
    fit: () => Promise.resolve(),
    restore: () => Promise.resolve(),
  };
}

function found(): schedules.FoundLearningRates {
  const points = [0.1, 0.2, 0.3].map((learningRate) => ({ learningRate, loss: 1, smoothedLoss: 1 }));
  const suggestions = { valley: 0.1, slide: undefined, minimum: undefined, steepest: undefined };
  return { points, skipStart: 0, skipEnd: 0, suggestions, diverged: false };
}
