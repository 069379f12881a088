import { randomStream } from '@cantrip/ops';
import { distanceFrom, expectClose, loadGolden } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';

interface Row {
  readonly step: number;
  readonly numbers: readonly number[];
  readonly quantiles: readonly number[];
}

interface Cases {
  readonly permutations: readonly {
    readonly seed: number;
    readonly stream: string;
    readonly step: number;
    readonly order: readonly number[];
  }[];
  readonly gamma: readonly (Row & { readonly shape: number })[];
  readonly beta: readonly (Row & { readonly a: number; readonly b: number })[];
  readonly probabilities: readonly number[];
}

const url = new URL('../golden/distributions.json', import.meta.url);
const { cases, tolerance } = loadGolden<Cases>(url);
const take = (count: number, draw: () => number): number[] => Array.from({ length: count }, draw);
const place = { seed: 3, stream: 'distribution' };

describe('a permutation of a stream', () => {
  it.each(cases.permutations)('of step $step is what NumPy sorts the words to', ({ order, ...from }) => {
    expect([...randomStream(from).permutation(order.length)]).toEqual(order);
  });

  it.each([3, 4])('of %i numbers is each order equally often', (n) => {
    const orders = n === 3 ? 6 : 24;
    const draws = 500 * orders;
    const counts = new Map<string, number>();
    const random = randomStream(place);
    for (let i = 0; i < draws; i++) {
      const order = random.permutation(n).join();
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(orders);
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 500) ** 2 / 500, 0);
    // The quantiles at 0.999 of the chi-square distribution with 5 and 23 degrees of freedom.
    expect(chiSquare).toBeLessThan(n === 3 ? 20.52 : 49.73);
  });

  it('holds each number once, also for more numbers than keys of 23 bits can tell apart', () => {
    const order = randomStream(place).permutation(20_000);
    expect(new Set(order).size).toBe(20_000);
    expect(Math.max(...order)).toBe(19_999);
  });

  it('lets the stream continue from its state', () => {
    const whole = randomStream(place);
    whole.uniform();
    whole.permutation(5);
    const rest = randomStream(place, whole.state());
    expect(rest.permutation(6)).toEqual(whole.permutation(6));
    expect(rest.uniform()).toBe(whole.uniform());
  });
});

describe('gamma numbers of a stream', () => {
  it.each(cases.gamma)('of shape $shape are the known ones', ({ shape, step, numbers }) => {
    const random = randomStream({ seed: 7, stream: 'numbers', step });
    expectClose(
      take(12, () => random.gamma(shape)),
      numbers,
      tolerance,
    );
  });

  it.each(cases.gamma)('of shape $shape have the distribution of SciPy', ({ shape, quantiles }) => {
    const random = randomStream(place);
    const drawn = take(20_000, () => random.gamma(shape));
    expect(distanceFrom(drawn, quantiles, cases.probabilities)).toBeLessThan(1.63);
  });
});

describe('beta numbers of a stream', () => {
  it.each(cases.beta)('of $a and $b are the known ones', ({ a, b, step, numbers }) => {
    const random = randomStream({ seed: 7, stream: 'numbers', step });
    expectClose(
      take(12, () => random.beta(a, b)),
      numbers,
      tolerance,
    );
  });

  it.each(cases.beta)('of $a and $b have the distribution of SciPy', ({ a, b, quantiles }) => {
    const random = randomStream(place);
    const drawn = take(20_000, () => random.beta(a, b));
    expect(distanceFrom(drawn, quantiles, cases.probabilities)).toBeLessThan(1.63);
  });

  it.each([1e-3, 1e-30, 1e5, 1e12])('of %d and itself are numbers in [0, 1], never NaN', (shape) => {
    const random = randomStream(place);
    const drawn = take(1000, () => random.beta(shape, shape));
    expect(drawn.filter((one) => !(one >= 0 && one <= 1))).toEqual([]);
    // Very small shapes give 0 or 1, each half of the time; large ones stay near 1/2.
    expect(drawn.reduce((sum, one) => sum + one) / 1000).toBeCloseTo(0.5, 1);
    const inTheMiddle = drawn.filter((one) => one > 0.4 && one < 0.6).length;
    // For 0.001, SciPy expects 0.4 of 1000.
    expect(Math.abs(inTheMiddle - (shape < 1 ? 0 : 1000))).toBeLessThan(5);
  });
});

it('a gamma number of a large shape stays near it', () => {
  const random = randomStream(place);
  for (const shape of [1e6, 1e12]) {
    const drawn = take(2000, () => random.gamma(shape) / shape - 1);
    const mean = drawn.reduce((sum, one) => sum + one) / 2000;
    const variance = drawn.reduce((sum, one) => sum + (one - mean) ** 2, 0) / 2000;
    expect(variance * shape).toBeCloseTo(1, 0);
  }
});

describe('a number out of range', () => {
  const random = randomStream(place);
  it.each([0, -1, 5e-324, 1e-31, 1e13, NaN, Infinity, '1'])('is refused: %s', (wrong) => {
    const words = /^\[RandomStream\.\w+\] (shape|a|b) must be .+\(OPTION_INVALID\)$/;
    expect(() => random.gamma(wrong as number)).toThrow(words);
    expect(() => random.beta(wrong as number, 1)).toThrow(words);
    expect(() => random.beta(1, wrong as number)).toThrow(words);
  });

  it.each([0, -1, 1.5, NaN, 2 ** 31])('is refused for a permutation: %s', (wrong) => {
    expect(() => random.permutation(wrong)).toThrow(
      /^\[RandomStream\.permutation\] n must be .+OPTION_INVALID/,
    );
  });

  it('leaves the stream where it was', () => {
    const before = random.state();
    expect(() => random.beta(1, 0)).toThrow('OPTION_INVALID');
    expect(random.state()).toEqual(before);
  });
});
