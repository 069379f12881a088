import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { isCantripError, parseOptions } from '@cantrip/errors';

const schema = v.strictObject({
  rate: v.pipe(v.number(), v.minValue(0), v.ltValue(1)),
  steps: v.optional(v.pipe(v.number(), v.integer()), 10),
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
      '[wobble] rate must be < 1, got 1.5. Give rate a value that fits. (OPTION_INVALID)',
    );
  });

  it.each<[unknown, string]>([
    [{ rate: -0.1 }, 'rate must be >= 0, got -0.1.'],
    [{ rate: NaN }, 'rate must be a number, got NaN.'],
    [{ rate: '0.5' }, 'rate must be a number, got "0.5".'],
    [{ rate: 0.5, steps: 1.5 }, 'steps must be an integer, got 1.5.'],
    [{ rate: 0.5, mode: 'slow' }, 'mode must be "fast" or "exact", got "slow".'],
    [{ rate: 0.5, length: true }, 'length must be a number or a string, got true.'],
    [{ rate: 0.5, sizes: [1, '2'] }, 'sizes[1] must be a number, got "2".'],
    [{ rate: 0.5, sizes: 3 }, 'sizes must be an array, got 3.'],
    [{ rate: 0.5, inner: { depth: null } }, 'inner.depth must be a number, got null.'],
    [{ rate: 0.5, even: 3 }, 'even must be even, got 3.'],
    [undefined, 'options must be an object, got undefined.'],
    [7, 'options must be an object, got 7.'],
  ])('refuses %o with a sentence', (options, sentence) => {
    expect(messageFor(options)).toContain(`[wobble] ${sentence}`);
  });

  it('says that an option is missing, instead of what it got in its place', () => {
    expect(messageFor({})).toBe('[wobble] rate is missing. Give rate a value. (OPTION_INVALID)');
    expect(messageFor({ rate: 0.5, inner: {} })).toContain('[wobble] inner.depth is missing.');
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
