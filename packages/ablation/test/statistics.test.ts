import { bootstrapInterval, type BootstrapOptions, holm, signFlipTest } from '@cantrip/ablation';
import { randomStream } from '@cantrip/ops';
import { studentQuantile } from '@cantrip/plugin-kit';
import { expectClose, loadGolden } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';
import { normalCdf, normalQuantile } from '../src/statistics/normal.ts';

type Bounds = readonly [number, number];
type Method = NonNullable<BootstrapOptions['method']>;

interface Cases {
  readonly exact: Readonly<
    Record<string, Record<'percentile' | 'percentile at 0.8' | 'expanded', Bounds> & Values>
  >;
  readonly drawn: Readonly<Record<string, Record<Method, Bounds> & Values>>;
  readonly 'sign flips': Readonly<Record<string, Values & { readonly p: number }>>;
  readonly holm: readonly { readonly p: readonly number[]; readonly corrected: readonly number[] }[];
  readonly normal: readonly { readonly x: number; readonly cdf: number }[];
  readonly student: readonly Record<'degrees' | 'probability' | 'quantile', number>[];
}

interface Values {
  readonly values: readonly number[];
}

const { cases, tolerance } = loadGolden<Cases>(new URL('golden/statistics.json', import.meta.url));
const { relative = 0, absolute = 0, shareOfWidth = 0 } = tolerance;

const bounds = (values: readonly number[], options: BootstrapOptions): Bounds => {
  const { low, high } = bootstrapInterval(values, options);
  return [low, high];
};

describe('bootstrapInterval', () => {
  describe.each(Object.entries(cases.exact))('takes every resample of %s', (_, golden) => {
    it('and gives the quantiles that numpy gives', () => {
      const { values } = golden;
      expectClose(bounds(values, { method: 'percentile' }), golden.percentile, { relative, absolute });
      expectClose(bounds(values, { method: 'percentile', confidence: 0.8 }), golden['percentile at 0.8'], {
        relative,
        absolute,
      });
      expectClose(bounds(values, {}), golden.expanded, { relative, absolute });
    });
  });

  describe.each(Object.entries(cases.drawn))('draws resamples of %s', (_, golden) => {
    it.each(['percentile', 'bca', 'expanded'] as const)('and agrees with scipy on %s', (method) => {
      const [low, high] = golden[method];
      const ours = bounds(golden.values, { method, resamples: 200_000 });
      expectClose(ours, [low, high], { absolute: shareOfWidth * (high - low) });
    });
  });

  it('gives the same interval for the same seed, and another for another', () => {
    const { values } = cases.drawn['twelve']!;
    expect(bootstrapInterval(values, { seed: 3 })).toEqual(bootstrapInterval(values, { seed: 3 }));
    expect(bootstrapInterval(values, { seed: 3 })).not.toEqual(bootstrapInterval(values, { seed: 4 }));
  });

  it('of equal values is the value itself, by every method', () => {
    for (const method of ['expanded', 'percentile', 'bca'] as const)
      expect(bootstrapInterval([0.25, 0.25, 0.25], { method })).toEqual({ low: 0.25, high: 0.25 });
    expect(bootstrapInterval([0.25])).toEqual({ low: 0.25, high: 0.25 });
  });

  it('holds the true mean of five normal values as often as it says, which the percentile interval does not', () => {
    const trials = 600;
    const random = randomStream({ seed: 1, stream: 'coverage' });
    const samples = Array.from({ length: trials }, () => Array.from({ length: 5 }, random.normal));
    const coverage = (method: Method): number =>
      samples.filter((values) => {
        const { low, high } = bootstrapInterval(values, { method });
        return low <= 0 && 0 <= high;
      }).length / trials;
    expect(coverage('expanded')).toBeGreaterThan(0.91);
    expect(coverage('percentile')).toBeLessThan(0.88);
  });

  it('refuses options out of range and values that are none', () => {
    expect(() => bootstrapInterval([1, 2], { confidence: 95 })).toThrow(/confidence must be < 1, got 95/);
    expect(() => bootstrapInterval([1, Number.NaN])).toThrow(/values\[1\]/);
    expect(() => bootstrapInterval([])).toThrow(/values/);
  });
});

describe('signFlipTest', () => {
  it.each(Object.entries(cases['sign flips']))('of %s is exact, as scipy says', (_, { values, p }) => {
    expectClose([signFlipTest(values).p], [p], { relative, absolute });
  });

  it('tells the smallest p that so many values can have', () => {
    expect(signFlipTest([1, 2, 3, 4, 5])).toEqual({ p: 0.0625, smallest: 0.0625 });
    expect(signFlipTest([1]).smallest).toBe(1);
  });

  it('draws exchanges where there are too many, and comes near the exact value', () => {
    const values = Array.from({ length: 20 }, (_, i) => (i % 3 === 0 ? -1 : 0.8) * (1 + i / 20));
    const exact = signFlipTest(values.slice(0, 16)).p;
    expect(signFlipTest([...values.slice(0, 16), 0, 0, 0, 0]).p).toBeCloseTo(exact, 1);
    expect(signFlipTest(values)).toEqual(signFlipTest(values));
  });
});

describe('holm', () => {
  it.each(cases.holm)('corrects $p as statsmodels does', ({ p, corrected }) => {
    expectClose(holm(p), corrected, { relative, absolute });
  });
});

describe('the distributions', () => {
  it('agree with scipy on the normal one and its inverse', () => {
    for (const { x, cdf } of cases.normal) {
      expectClose([normalCdf(x)], [cdf], { absolute: 1e-15 });
      if (Math.abs(x) < 4) expectClose([normalQuantile(cdf)], [x], { absolute: 1e-11 });
    }
    expect([normalCdf(-40), normalCdf(40)]).toEqual([0, 1]);
  });

  it("agree with scipy on the quantiles of Student's t", () => {
    for (const { degrees, probability, quantile } of cases.student)
      expectClose([studentQuantile(probability, degrees)], [quantile], { relative: 1e-9 });
  });
});
