import {
  deriveSeed,
  generateSeed,
  type RandomStream,
  randomStream,
  type StreamState,
  streamKey,
} from '@cantrip/ops';
import { describe, expect, it } from 'vitest';

const take = (count: number, draw: () => number): number[] => Array.from({ length: count }, draw);
const place = { seed: 42, stream: 'augment', step: 7 };
const uniforms = (stream: RandomStream): number[] => take(8, stream.uniform);

describe('randomStream', () => {
  it('gives the same numbers again for the same seed, stream and step', () => {
    expect(uniforms(randomStream(place))).toEqual(uniforms(randomStream({ ...place })));
  });

  it.each([
    ['seed', { ...place, seed: 43 }],
    ['seed by its sign', { ...place, seed: -42 }],
    ['seed above 2^32', { ...place, seed: 42 + 2 ** 32 }],
    ['stream', { ...place, stream: 'augmenu' }],
    ['step', { ...place, step: 8 }],
    ['step above 2^32', { ...place, step: 7 + 2 ** 32 }],
  ])('shares no number with a stream of another %s', (_what, other) => {
    const mine = new Set(take(1000, randomStream(place).uniform));
    expect(take(1000, randomStream(other).uniform).filter((value) => mine.has(value))).toEqual([]);
  });

  it('starts at step 0 when no step is given', () => {
    const { seed, stream } = place;
    expect(uniforms(randomStream({ seed, stream }))).toEqual(
      uniforms(randomStream({ seed, stream, step: 0 })),
    );
  });

  it('takes 0 as a seed, and a bigint as the same seed as the number', () => {
    expect(uniforms(randomStream({ ...place, seed: 0 }))).toEqual(
      uniforms(randomStream({ ...place, seed: 0n })),
    );
    expect(uniforms(randomStream({ ...place, seed: 0 }))).not.toEqual(
      uniforms(randomStream({ ...place, seed: 1 })),
    );
  });

  it('draws uniform numbers in [0, 1) with the mean and the variance of that interval', () => {
    const values = take(20_000, randomStream(place).uniform);
    const mean = values.reduce((sum, value) => sum + value) / values.length;
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    expect(mean).toBeCloseTo(0.5, 2);
    expect(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length).toBeCloseTo(
      1 / 12,
      2,
    );
  });

  it.each([1, 2, 3, 10, 2 ** 31 + 1, 2 ** 32, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER])(
    'draws integers in [0, %d)',
    (bound) => {
      const stream = randomStream(place);
      const values = take(1000, () => stream.integer(bound));
      expect(values.every((value) => Number.isSafeInteger(value) && value >= 0 && value < bound)).toBe(true);
    },
  );

  it('draws every integer below the bound equally often', () => {
    const counts = [0, 0, 0, 0, 0, 0];
    const stream = randomStream(place);
    for (let i = 0; i < 60_000; i++) counts[stream.integer(6)]! += 1;
    // Five standard deviations of a fair die.
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(460);
  });

  it.each([
    [
      'a seed with a fraction',
      { ...place, seed: 1.5 },
      'seed must be a safe integer or a bigint in [0, 2^64), got 1.5',
    ],
    ['a seed that is not finite', { ...place, seed: Number.NaN }, 'got NaN'],
    ['a seed above 2^53', { ...place, seed: 2 ** 53 }, 'got 9007199254740992'],
    ['a negative bigint', { ...place, seed: -1n }, 'got -1'],
    ['a bigint of 65 bits', { ...place, seed: 1n << 64n }, 'got 18446744073709551616'],
    ['a seed of text', { ...place, seed: '42' as unknown as number }, 'got "42"'],
    [
      'a stream that is no text',
      { ...place, stream: 7 as unknown as string },
      'stream must be a string, got 7',
    ],
    ['a negative step', { ...place, step: -1 }, 'step must be an integer in [0, 2^53), got -1'],
    ['a step with a fraction', { ...place, step: 0.5 }, 'got 0.5'],
  ])('refuses %s', (_what, bad, message) => {
    expect(() => randomStream(bad)).toThrow(message);
    expect(() => randomStream(bad)).toThrow(/^\[randomStream\] .*\(OPTION_INVALID\)$/);
  });

  it.each([0, -1, 2.5, 2 ** 53, Number.NaN])('refuses an integer below the bound %d', (bound) => {
    expect(() => randomStream(place).integer(bound)).toThrow('bound must be an integer in [1, 2^53)');
  });
});

describe('the state of a stream', () => {
  it.each([0, 1, 2, 3, 4, 5, 9])('lets it go on as if it had never stopped, after %d numbers', (count) => {
    const stream = randomStream(place);
    take(count, stream.normal);
    stream.integer(7);
    const state = JSON.parse(JSON.stringify(stream.state())) as StreamState;
    const resumed = randomStream(place, state);
    expect(resumed.state()).toEqual(state);
    expect(take(5, resumed.normal)).toEqual(take(5, stream.normal));
    expect(uniforms(resumed)).toEqual(uniforms(stream));
  });

  it('counts words of 32 bits: two for a uniform number, one for an integer below 2^32', () => {
    const stream = randomStream(place);
    expect(stream.state()).toEqual({ words: 0 });
    stream.uniform();
    stream.integer(10);
    expect(stream.state()).toEqual({ words: 3 });
  });

  it('reaches beyond 2^32 words', () => {
    const far = randomStream(place, { words: 2 ** 33 + 2 });
    const before = randomStream(place, { words: 2 ** 33 });
    before.uniform();
    expect(uniforms(far)).toEqual(uniforms(before));
    expect(uniforms(far)).not.toEqual(uniforms(randomStream(place, { words: 2 })));
  });

  it.each([
    [{ words: -1 }, 'state.words must be an integer in [0, 2^53), got -1'],
    [{ words: 0.5 }, 'got 0.5'],
    [{ words: 0, spareNormal: Number.NaN }, 'state.spareNormal must be a finite number, got NaN'],
  ])('refuses %j', (state, message) => {
    expect(() => randomStream(place, state)).toThrow(message);
  });
});

describe('streamKey', () => {
  it('is permanent: a change would change every seeded run', () => {
    expect(streamKey({ seed: 42, stream: 'dropout' })).toBe(12332376361247490659n);
    expect(streamKey({ seed: 0, stream: '' })).toBe(streamKey({ seed: 0n, stream: '' }));
  });

  it('tells names apart that are not ASCII', () => {
    expect(streamKey({ seed: 1, stream: 'größe' })).not.toBe(streamKey({ seed: 1, stream: 'grösse' }));
  });
});

describe('deriveSeed', () => {
  it('gives a seed for each name, the same in every process', () => {
    expect(deriveSeed(42, 'shuffle')).toBe(2110934056465839);
    expect(deriveSeed(42, 'shuffle')).not.toBe(deriveSeed(42, 'augment'));
    expect(deriveSeed(0, 'shuffle')).not.toBe(deriveSeed(1, 'shuffle'));
  });

  it('gives a seed that randomStream takes', () => {
    for (const name of take(100, Math.random).map(String)) {
      expect(Number.isSafeInteger(deriveSeed(name.length, name))).toBe(true);
      expect(deriveSeed(name.length, name)).toBeGreaterThanOrEqual(0);
    }
  });

  it('nests names and numbers, e.g. those of workers and ranks', () => {
    expect(deriveSeed(42, 'worker', 3)).toBe(7930359610929953);
    expect(deriveSeed(42, 'worker', 3)).toBe(deriveSeed(deriveSeed(42, 'worker'), '3'));
    const seeds = ['worker', 'rank'].flatMap((name) =>
      take(100, Math.random).map((_, i) => deriveSeed(42, name, i)),
    );
    expect(new Set([...seeds, deriveSeed(42, 'worker')]).size).toBe(201);
  });

  it.each([-1, 1.5, Number.NaN, 2 ** 53])('refuses the number %d', (bad) => {
    expect(() => deriveSeed(42, 'worker', bad)).toThrow(
      '[deriveSeed] a name must be a string or an integer in [0, 2^53), got',
    );
  });

  it('refuses a seed that is none', () => {
    expect(() => deriveSeed(Number.POSITIVE_INFINITY, 'shuffle')).toThrow('[deriveSeed] seed must be');
  });
});

describe('generateSeed', () => {
  it('does not follow a Math.random that is seeded', () => {
    const random = Math.random;
    Math.random = () => 0.5;
    try {
      expect(new Set(take(20, generateSeed)).size).toBe(20);
    } finally {
      Math.random = random;
    }
  });
});
