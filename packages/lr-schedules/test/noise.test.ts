import { expectClose, loadGolden } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';
import { bindSchedule, constant, cosine, noise, type NoiseOptions } from '../src/index.ts';

const one = constant({ value: 1 });
const steps = (count: number): number[] => Array.from({ length: count }, (_, step) => step);
const noises = (options: NoiseOptions, count = 20000): number[] =>
  steps(count).map((step) => noise(one, options)(step) - 1);

interface Case {
  readonly kind: 'normal' | 'uniform';
  readonly limit: number;
  readonly standardDeviation: number;
  readonly standardDeviationOfNoise: number;
  readonly quantiles: readonly number[];
}

describe('noise has the distribution of timm', () => {
  const url = new URL('./golden/noise.json', import.meta.url);
  const { cases, tolerance } = loadGolden<Readonly<Record<string, Case>>>(url);
  it.each(Object.entries(cases))('%s', (_, { kind, limit, standardDeviation, ...golden }) => {
    const draws = noises({ seed: 1, kind, limit, standardDeviation }).sort((a, b) => a - b);
    expect(Math.max(...draws.map(Math.abs))).toBeLessThanOrEqual(limit);
    const quantiles = [0.05, 0.25, 0.5, 0.75, 0.95].map((q) => draws[Math.round(q * (draws.length - 1))]!);
    expectClose(quantiles, golden.quantiles, tolerance);
    const squares = draws.reduce((sum, draw) => sum + draw * draw, 0);
    expectClose([Math.sqrt(squares / draws.length)], [golden.standardDeviationOfNoise], tolerance);
  });
});

describe('noise', () => {
  it('follows from seed and step: in any order, and after any pause, the same', () => {
    const schedule = noise(one, { seed: 3 });
    const forwards = steps(50).map(schedule);
    expect(
      steps(50)
        .reverse()
        .map(noise(one, { seed: 3 }))
        .reverse(),
    ).toEqual(forwards);
    expect(new Set(forwards).size).toBe(50);
  });

  it('of neighbouring seeds and steps has nothing to do with one another', () => {
    const correlation = (a: readonly number[], b: readonly number[]): number => {
      const product = a.reduce((sum, value, i) => sum + value * b[i]!, 0);
      return product / a.reduce((sum, value) => sum + value * value, 0);
    };
    const draws = noises({ seed: 1 });
    expect(Math.abs(correlation(draws, noises({ seed: 2 })))).toBeLessThan(0.03);
    expect(Math.abs(correlation(draws, noises({ seed: 1 + 2 ** 32 })))).toBeLessThan(0.03);
    expect(Math.abs(correlation(draws, [...draws.slice(1), 0]))).toBeLessThan(0.03);
  });

  it('takes a share of the value, where it is said to, and leaves the end alone', () => {
    const curve = cosine({ value: 0.1, endValue: 0.01, steps: 20 });
    const schedule = bindSchedule(noise(curve, { seed: 1, from: 5, to: '15%' }), {
      stepsPerEpoch: 10,
      totalSteps: 100,
    });
    const noisy = steps(30).filter((step) => schedule(step) !== curve(step));
    expect(noisy).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
    expect(noise(curve, { seed: 1 })(20)).toBe(0.01);
    for (const step of noisy) expect(Math.abs(schedule(step) / curve(step) - 1)).toBeLessThanOrEqual(0.67);
  });

  it('ends soon for a narrow limit and for a narrow distribution', () => {
    expect(noises({ seed: 1, limit: 1e-9 }, 100).every((draw) => Math.abs(draw) <= 1.1e-9)).toBe(true);
    expect(noises({ seed: 1, standardDeviation: 1e-9 }, 100).every((draw) => Math.abs(draw) < 1e-8)).toBe(
      true,
    );
  });

  it.each([
    [{}, 'seed is missing'],
    [{ seed: 0.5 }, 'seed must be'],
    [{ seed: 1, limit: 2 }, 'limit must be <= 1, got 2'],
    [{ seed: 1, kind: 'pink' }, 'kind must be'],
  ])('refuses %j', (options, message) => {
    expect(() => noise(one, options as NoiseOptions)).toThrow(message);
  });
});
