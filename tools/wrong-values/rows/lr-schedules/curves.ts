import { options, type Rows } from '../../row.ts';
import {
  arrayOf,
  callable,
  either,
  flag,
  integer,
  number,
  oneOf,
  optional,
  optionalOptions,
} from '../../rules.ts';

import { length, linear, period, positive, rate, steps, whole } from './rules.ts';

const shape = either(callable, oneOf('linear', 'cosine', '1-sqrt'));

/** Functions that make a schedule. */
export const curveRows: Rows = {
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
