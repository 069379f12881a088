import { runInNewContext } from 'node:vm';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { isCantripError, parseOptions } from '@cantrip/errors';

const schema = v.strictObject({
  rate: v.pipe(v.number(), v.minValue(0), v.ltValue(1)),
  steps: v.optional(v.pipe(v.number(), v.safeInteger()), 10),
  mode: v.optional(v.picklist(['fast', 'exact'])),
  length: v.optional(v.union([v.number(), v.string()])),
  sizes: v.optional(v.array(v.number())),
  inner: v.optional(v.strictObject({ depth: v.number() })),
  parts: v.optional(v.array(v.strictObject({ size: v.number() }))),
  even: v.optional(
    v.pipe(
      v.number(),
      v.check((n) => n % 2 === 0, 'must be even'),
    ),
  ),
});

function messageFor(options: unknown): string {
  try {
    parseOptions('wobble', schema, options);
  } catch (error) {
    if (isCantripError(error) && error.code === 'OPTION_INVALID') return error.message;
    throw error;
  }
  return 'accepted';
}

describe('parseOptions', () => {
  it('fills in defaults', () => {
    expect(parseOptions('wobble', schema, { rate: 0.5 })).toEqual({ rate: 0.5, steps: 10 });
  });

  it('writes the whole message', () => {
    expect(messageFor({ rate: 1.5 })).toBe(
      '[wobble] rate must be < 1, got 1.5. Set rate to a number >= 0 and < 1. (OPTION_INVALID)',
    );
  });

  it.each<[unknown, string]>([
    [{ rate: -0.1 }, 'rate must be >= 0, got -0.1.'],
    [{ rate: NaN }, 'rate must be a number, got NaN.'],
    [{ rate: '0.5' }, 'rate must be a number, got "0.5".'],
    [{ rate: 0.5, steps: 1.5 }, 'steps must be an integer, got 1.5.'],
    [
      { rate: 0.5, steps: 2 ** 53 },
      'steps must be an integer of less than 2^53 in size, got 9007199254740992.',
    ],
    [{ rate: 0.5, inner: new Date(0) }, 'inner.depth is missing.'],
    [{ rate: 0.5, mode: 'slow' }, 'mode must be "fast" or "exact", got "slow".'],
    [{ rate: 0.5, length: true }, 'length must be a number or a string, got true.'],
    [{ rate: 0.5, sizes: [1, '2'] }, 'sizes[1] must be a number, got "2".'],
    [{ rate: 0.5, sizes: 3 }, 'sizes must be an array, got 3.'],
    [{ rate: 0.5, inner: { depth: null } }, 'inner.depth must be a number, got null.'],
    [{ rate: 0.5, even: 3 }, 'even must be even, got 3.'],
    [undefined, 'options must be a plain object, got undefined.'],
    [7, 'options must be a plain object, got 7.'],
    // Not that an option is missing.
    [[], 'options must be a plain object, got [].'],
  ])('refuses %o with a sentence', (options, sentence) => {
    expect(messageFor(options)).toContain(`[wobble] ${sentence}`);
  });

  it('lets options that are optional as a whole be undefined', () => {
    const whole = v.optional(v.strictObject({ size: v.optional(v.number()) }));
    expect(parseOptions('wobble', whole, undefined)).toBeUndefined();
  });

  it.each<[unknown, string]>([
    [[], 'options must be a plain object, got []. Set options to { … }.'],
    [new Date(0), 'options must be a plain object, got an object of Date.'],
    [new Map(), 'options must be a plain object, got an object of Map.'],
    [new Float32Array(0), 'options must be a plain object, got Float32Array(0).'],
    [
      Promise.resolve({ size: 1 }),
      'options must be a plain object, got an object of Promise. Await options first.',
    ],
    [{ deep: new Date(0) }, 'deep must be a plain object, got an object of Date.'],
    [{ list: [{}, new Set()] }, 'list[1] must be a plain object, got an object of Set.'],
  ])(
    'refuses %o where every option has a default, instead of taking all the defaults',
    (options, sentence) => {
      const deep = v.optional(v.strictObject({ depth: v.optional(v.number(), 2) }));
      const lenient = v.strictObject({
        size: v.optional(v.number(), 1),
        deep,
        list: v.optional(v.array(v.strictObject({}))),
      });
      expect(() => parseOptions('wobble', lenient, options)).toThrow(`[wobble] ${sentence}`);
    },
  );

  it('says of an empty text and of an empty list what is wanted, in words', () => {
    const filled = v.strictObject({
      name: v.optional(v.pipe(v.string(), v.nonEmpty())),
      list: v.optional(v.pipe(v.array(v.number()), v.nonEmpty())),
    });
    expect(() => parseOptions('wobble', filled, { name: '' })).toThrow(
      '[wobble] name must be a text that is not empty, got "". Set name to a text that is not empty. (OPTION_INVALID)',
    );
    expect(() => parseOptions('wobble', filled, { list: [] })).toThrow(
      '[wobble] list must be a list that is not empty, got []. Set list to a list that is not empty. (OPTION_INVALID)',
    );
  });

  it('takes options without a prototype, of another realm, and behind a proxy', () => {
    const own = Object.assign(Object.create(null) as object, { rate: 0.25 });
    const foreign: unknown = runInNewContext('({ rate: 0.25 })');
    for (const options of [own, foreign, new Proxy({ rate: 0.25 }, {})]) {
      expect(parseOptions('wobble', schema, options)).toEqual({ rate: 0.25, steps: 10 });
    }
  });

  it('says that an option is missing, instead of what it got in its place', () => {
    expect(messageFor({})).toBe('[wobble] rate is missing. Set rate. (OPTION_INVALID)');
    expect(messageFor({ rate: 0.5, inner: {} })).toContain('[wobble] inner.depth is missing.');
  });

  it('answers a misspelt option with those of the kind that the others choose', () => {
    const kinds = v.strictObject({
      part: v.optional(
        v.variant('kind', [
          v.strictObject({ kind: v.literal('crop'), size: v.number() }),
          v.strictObject({ kind: v.literal('flip'), axis: v.string() }),
        ]),
      ),
      length: v.lazy(() => v.strictObject({ steps: v.number() })),
    });
    const messageOf = (options: unknown) => () => parseOptions('wobble', kinds, options);
    const length = { steps: 1 };
    expect(messageOf({ length, part: { kind: 'flip', axis: 'x', size: 2 } })).toThrow(
      'has no option part.size. Its options are kind, axis.',
    );
    expect(messageOf({ length: { steps: 1, stepz: 2 } })).toThrow(
      'has no option length.stepz. Its options are steps.',
    );
    const flip = Object.assign(new Date(0), { kind: 'flip', axis: 'x' });
    expect(messageOf({ length, part: flip })).toThrow('part must be a plain object, got an object of Date.');
  });

  it('answers a misspelt option with the options there are, at the level of the mistake', () => {
    expect(messageFor({ rate: 0.5, stepz: 1 })).toBe(
      '[wobble] has no option stepz. Its options are rate, steps, mode, length, sizes, inner, parts, even. (OPTION_INVALID)',
    );
    expect(messageFor({ rate: 0.5, inner: { depth: 1, width: 2 } })).toContain(
      'has no option inner.width. Its options are depth.',
    );
    expect(messageFor({ rate: 0.5, parts: [{ size: 1 }, { size: 1, depth: 2 }] })).toContain(
      'has no option parts[1].depth. Its options are size.',
    );
  });
});
