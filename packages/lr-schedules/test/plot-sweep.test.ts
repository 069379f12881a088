import { describe, expect, it } from 'vitest';
import { type FoundLearningRates, plotSweep, type Suggestions } from '../src/index.ts';

const none = { valley: undefined, slide: undefined, minimum: undefined, steepest: undefined };

/** A sweep of these losses over rates that grow by the factor from step to step. */
function sweep(
  losses: readonly number[],
  {
    first = 1e-4,
    factor = 10,
    ...suggestions
  }: { first?: number; factor?: number } & Partial<Suggestions> = {},
): FoundLearningRates {
  const points = losses.map((smoothedLoss, i) => ({
    learningRate: Number((first * factor ** i).toPrecision(12)),
    loss: 7,
    smoothedLoss,
  }));
  return { points, skipStart: 0, skipEnd: 0, suggestions: { ...none, ...suggestions }, diverged: false };
}

const valley = sweep([2, 1.8, 1, 0.6, 1.6], { valley: 1e-3, minimum: 0.01, steepest: 0.002 });

const circlesOf = (svg: string): number[][] =>
  [...svg.matchAll(/<circle cx="([^"]*)" cy="([^"]*)"/g)].map(([, x, y]) => [Number(x), Number(y)]);
const textsOf = (svg: string): string[] => [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text!);

describe('an SVG of a sweep', () => {
  // 64 and 16 pixels beside the axes, 16 above and 40 below: 200 by 140 for 4 powers of ten and losses from 0.6 to 2.
  const svg = plotSweep(valley, { width: 280, height: 196 });

  it('draws the smoothed loss over the rate, as a power of ten', () => {
    expect(svg).toContain('points="64,16 114,36 164,116 214,156 264,56"');
    expect(textsOf(svg).filter((text) => /^(1e|0\.0+1$|0\.1$|1$|learning|loss)/.test(text))).toEqual([
      '1',
      '0.0001',
      '0.001',
      '0.01',
      '0.1',
      '1',
      'learning rate',
      'loss',
    ]);
  });

  it('marks each suggestion at its rate, as high as the nearest step, and names it', () => {
    expect(circlesOf(svg)).toEqual([
      [114, 36],
      [164, 116],
      // 0.301 of a power of ten, of which each has 50 pixels, to the right of 0.001.
      [129.05, 36],
    ]);
    expect(textsOf(svg).slice(-3)).toEqual(['valley 0.001', 'minimum 0.01', 'steepest 0.002']);
  });

  it('may stand on a linear scale', () => {
    const linear = plotSweep(valley, { width: 280, height: 196, logarithmic: false });
    // 200 pixels for 0.9999: 0.0009 are 0.18, 0.0099 are 1.98 and 0.0999 are 19.98.
    expect(linear).toContain('points="64,16 64.18,36 65.98,116 83.98,156 264,56"');
  });

  it('only names a suggestion that lies outside of the sweep', () => {
    const drawn = plotSweep(sweep([0.5, 1, 2], { valley: 1e-4, minimum: 1e-5 }));
    expect(circlesOf(drawn)).toHaveLength(1);
    expect(textsOf(drawn)).toContain('minimum 0.00001');
    expect(drawn).not.toMatch(/NaN|Infinity/);
  });

  it('has a height for a loss that never changes', () => {
    expect(plotSweep(sweep([1, 1, 1]))).not.toMatch(/NaN|Infinity/);
  });
});

describe('a sweep as text', () => {
  it('numbers the suggestions below the curve', () => {
    const losses = Array.from({ length: 20 }, (_, i) => 2.3 - 1.7 * Math.exp(-(((i - 13) / 4) ** 2)));
    const suggestions = { valley: 0.00032, slide: 0.32768, minimum: 0.008192, steepest: 0.01024 };
    const text = plotSweep(sweep(losses, { first: 1e-5, factor: 2, ...suggestions }), {
      format: 'sparkline',
    });
    expect(text.split('\n')).toEqual([
      '███████▇▇▅▄▃▁▁▁▃▄▅▇▇ 0.6 … 2.3',
      '     1    34   2',
      '1 valley 0.00032, 2 slide 0.3277, 3 minimum 0.008192, 4 steepest 0.01024',
    ]);
  });

  it('has no more columns than it is given', () => {
    const lines = plotSweep(valley, { format: 'sparkline', width: 3 }).split('\n');
    expect(lines[0]).toBe('█▁▅ 1 … 2');
    expect(plotSweep(sweep([2, 1]), { format: 'sparkline' })).toBe('█▁ 1 … 2');
  });
});

describe('plotSweep refuses', () => {
  it('a sweep without a curve, and a format that it lacks', () => {
    expect(() => plotSweep(sweep([1]))).toThrow('[plotSweep] the sweep must have at least 2 points, got 1');
    expect(() => plotSweep(valley, { format: 'png' as 'svg' })).toThrow('[plotSweep] format must be');
  });
});
