import {
  above,
  atLeast,
  atMost,
  below,
  integerIn,
  checkArgument,
  numberIn,
  oneOf,
  optional,
  parseOptions,
  readOptions,
  tensorCheck,
  tensorSchema,
} from '@cantrip/errors';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';

const schema = v.strictObject({
  rate: v.pipe(v.number(), v.finite(), v.minValue(0)),
  factor: v.optional(v.pipe(v.number(), v.finite(), v.gtValue(0)), 2),
  share: v.optional(v.pipe(v.number(), v.finite(), v.maxValue(1))),
  part: v.optional(v.pipe(v.number(), v.finite(), v.ltValue(1))),
  count: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1)), 3),
  kind: v.optional(v.picklist(['softmax', 'sigmoid']), 'softmax'),
  form: v.optional(v.picklist(['a', 'b', 'c'])),
  labels: v.optional(tensorSchema),
});

const checks = {
  rate: numberIn(atLeast(0)),
  factor: optional(numberIn(above(0)), 2),
  share: optional(numberIn(atMost(1))),
  part: optional(numberIn(below(1))),
  count: optional(integerIn(atLeast(1)), 3),
  kind: optional(oneOf('softmax', 'sigmoid'), 'softmax'),
  form: optional(oneOf('a', 'b', 'c')),
  labels: optional(tensorCheck),
};

const tensor = (isDisposed: boolean): unknown => ({ dataId: {}, shape: [1], dtype: 'float32', isDisposed });

/** Values of every kind that a user may give by mistake. */
const odd: readonly unknown[] = [
  undefined,
  null,
  0,
  -0,
  -1,
  1,
  0.5,
  1.5,
  2 ** 53,
  NaN,
  Infinity,
  -Infinity,
  'sigmoid',
  'b',
  '1',
  '',
  true,
  1n,
  Symbol('s'),
  [],
  [1],
  {},
  new Date(0),
  new Map(),
  Promise.resolve(1),
  () => 1,
  class Options {},
  new Float32Array(2),
  tensor(false),
  tensor(true),
];

function outcome(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return String(error);
  }
}

const both = (options: unknown): readonly [unknown, unknown] => [
  outcome(() => readOptions('decay', checks, options)),
  outcome(() => parseOptions('decay', schema, options)),
];

describe('readOptions', () => {
  it.each(Object.keys(checks))('says of each odd value of %s what parseOptions says', (name) => {
    for (const value of odd) {
      const [light, whole] = both({ rate: 1, [name]: value });
      // A key that was left out is absent or undefined.
      expect(light).toEqual(whole);
    }
  });

  it('says of each odd value in the place of the options what parseOptions says', () => {
    for (const value of odd) {
      const [light, whole] = both(value);
      expect(light).toBe(whole);
    }
  });

  it('refuses an option that it does not have, after those that it has', () => {
    const [light, whole] = both({ rate: 1, sooner: 2 });
    expect(light).toBe(whole);
    expect(light).toContain('[decay] has no option sooner. Its options are rate, factor,');
    expect(both({ rate: -1, sooner: 2 })[0]).toContain('rate must be >= 0, got -1');
  });

  it('refuses an object of a class, whose options are its own affair', () => {
    class Decay {
      rate = 1;
    }
    const [light, whole] = both(new Decay());
    expect(light).toBe(whole);
    expect(light).toContain('options must be a plain object, got an object of Decay. Set options to { … }');
  });

  it('fills in what was left out', () => {
    expect(readOptions('decay', checks, { rate: 1, kind: undefined })).toEqual({
      rate: 1,
      factor: 2,
      share: undefined,
      part: undefined,
      count: 3,
      kind: 'softmax',
      form: undefined,
      labels: undefined,
    });
  });
});

describe('checkArgument', () => {
  it('names the argument, and what was received', () => {
    expect(() => checkArgument('smooth', 'labels', tensorCheck, tensor(true))).toThrow(
      '[smooth] labels must be a tensor that is not disposed of, got a tensor of float32, [1]. Set labels to a tensor that is not disposed of. (OPTION_INVALID)',
    );
    expect(() => checkArgument('smooth', 'labels', tensorCheck, tensor(false))).not.toThrow();
  });
});
