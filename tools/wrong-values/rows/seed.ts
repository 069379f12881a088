import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { seedEverything } from '@cantrip/seed';
import { options, type Rows } from '../row.ts';
import {
  callable,
  either,
  flag,
  integer,
  nothing,
  oneOf,
  optional,
  optionalOptions,
  type Rule,
} from '../rules.ts';

const seed = integer({ min: 0 });
const anySeed: Rule = (value) => Number.isSafeInteger(value) || typeof value === 'bigint';
const name: Rule = (value) => typeof value === 'string';
const reach = options({ data: optional(nothing) }, optionalOptions);

/** Every export of the package. */
export const seedRows: Rows = {
  deriveSeed: { right: () => [1, 'part', 2], legal: [anySeed, name, either(name, seed)] },
  generateSeed: 'takes nothing',
  randomState: 'takes nothing',
  randomStream: {
    right: () => [{ seed: 1, stream: 'a' }],
    legal: [options({ seed: anySeed, stream: name, step: optional(seed) })],
  },
  restoreRandomState: {
    right: () => [{ seed: 1, draws: 0 }],
    legal: [options({ seed, draws: integer({ min: 0, below: 2 ** 52 }) })],
    call: (restore, [state]) => {
      const undo = seedEverything(1);
      try {
        return restore(state as never);
      } finally {
        undo();
      }
    },
  },
  seed: {
    right: () => [{}],
    legal: [
      options(
        {
          value: optional(seed),
          data: optional(nothing),
          deterministic: optional(either(flag, oneOf('warn'))),
        },
        optionalOptions,
      ),
    ],
  },
  seedEverything: {
    right: () => [1, {}],
    legal: [seed, reach],
    call: (seedAll, args) => (seedAll as (...given: readonly unknown[]) => () => void)(...args)(),
  },
  varyDropout: { right: () => [tfl.sequential()], legal: [nothing] },
  verifyDeterminism: {
    right: () => [notNow, { data: { stepsPerEpoch: 1, batches: () => [] }, steps: 1 }],
    endsIn: 'not now',
    legal: [
      callable,
      options({ data: nothing, steps: integer({ min: 1 }), epochs: optional(integer({ min: 1 })) }),
    ],
  },
  withSeed: { right: () => [1, () => tf.scalar(1), {}], legal: [seed, callable, reach] },
};

function notNow(): never {
  throw new Error('not now');
}
