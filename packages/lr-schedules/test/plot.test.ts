import { describe, expect, it } from 'vitest';
import { constant, cosine, exponential, linear, plotSchedule, warmup } from '../src/index.ts';

const line = linear({ initialValue: 0, endValue: 0.7, steps: 7 });

/** The points of each curve of an SVG. */
const curvesOf = (svg: string): number[][][] =>
  [...svg.matchAll(/points="([^"]*)"/g)].map(([, points]) =>
    points!.split(' ').map((point) => point.split(',').map(Number)),
  );
const textsOf = (svg: string): string[] => [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text!);

describe('a sparkline', () => {
  it('goes from the lowest to the highest block, with the values they stand for', () => {
    expect(plotSchedule(line, { format: 'sparkline', width: 8 })).toBe('▁▂▃▄▅▆▇█ 0 … 0.7');
  });

  it('shows a warm-up and a cosine', () => {
    const schedule = warmup(cosine({ value: 0.1, steps: 100 }), { steps: 20, convention: 'inside' });
    expect(plotSchedule(schedule, { format: 'sparkline', width: 21 })).toBe('▁▃▅▆███▇▇▆▆▅▅▄▃▃▂▂▁▁▁ 0 … 0.1');
  });

  it('of something flat is flat', () => {
    const flat = plotSchedule(constant({ value: 0.1 }), { format: 'sparkline', width: 3, steps: 5 });
    expect(flat).toBe('▁▁▁ 0.1 … 0.1');
  });

  it('is one line for each name, and may be logarithmic', () => {
    const falling = exponential({ value: 1, factor: 0.1, steps: 7 });
    const text = plotSchedule({ line, falling }, { format: 'sparkline', width: 8, steps: 7 });
    expect(text.split('\n')).toEqual(['line ▁▂▃▄▅▆▇█ 0 … 0.7', 'falling █▂▁▁▁▁▁▁ 1e-7 … 1']);
    expect(plotSchedule(falling, { format: 'sparkline', width: 8, logarithmic: true })).toBe(
      '█▇▆▅▄▃▂▁ 1e-7 … 1',
    );
  });
});

describe('an SVG', () => {
  it('draws the curve where the axes say', () => {
    const svg = plotSchedule(line, { width: 280, height: 156 });
    // 64 and 16 pixels beside the axes, 16 above and 40 below: 200 by 100 for 7 steps and values to 0.7.
    const expected = [0, 1, 2, 3, 4, 5, 6, 7].map((step) => [
      Math.round((64 + (200 * step) / 7) * 100) / 100,
      Math.round((116 - (100 * step) / 7) * 100) / 100,
    ]);
    expect(curvesOf(svg)).toEqual([expected]);
    expect(textsOf(svg)).toEqual(['0', '0.2', '0.4', '0.6', '0', '2', '4', '6', 'step']);
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="280" height="156"/);
    expect(svg.endsWith('</svg>')).toBe(true);
  });

  it('draws powers of ten where it is logarithmic', () => {
    const svg = plotSchedule(exponential({ value: 1, factor: 0.1, steps: 3 }), { logarithmic: true });
    expect(textsOf(svg).slice(0, 4)).toEqual(['0.001', '0.01', '0.1', '1']);
    const heights = curvesOf(svg)[0]!.map(([, y]) => y!);
    expect(heights).toEqual([16, 104, 192, 280]);
  });

  it('names several curves, safely', () => {
    const svg = plotSchedule({ 'a <b>': line, 'c & "d"': line }, { steps: 7 });
    expect(curvesOf(svg)).toHaveLength(2);
    expect(textsOf(svg).slice(-2)).toEqual(['a &lt;b&gt;', 'c &amp; &quot;d&quot;']);
    expect(svg).toContain('<title>Schedules: a &lt;b&gt;, c &amp; &quot;d&quot;</title>');
  });

  it('has no more points than pixels, and reaches the last step', () => {
    const svg = plotSchedule(cosine({ value: 1, steps: '100%' }), {
      run: { stepsPerEpoch: 1000, totalSteps: 100_000 },
    });
    const points = curvesOf(svg)[0]!;
    expect(points).toHaveLength(640);
    expect(points.at(-1)).toEqual([624, 280]);
  });

  it('has a height for what is 0 all along', () => {
    expect(plotSchedule(constant({ value: 0 }), { steps: 3 })).not.toMatch(/NaN|Infinity/);
  });
});

describe('plotSchedule refuses', () => {
  it.each([
    ['what has no length', () => plotSchedule(constant({ value: 1 })), 'the schedule has no length'],
    [
      'a logarithm of 0',
      () => plotSchedule(line, { logarithmic: true }),
      'a logarithmic scale needs values above 0, got 0',
    ],
    [
      'what is no number',
      () => plotSchedule(() => Number.NaN, { steps: 3 }),
      'the values of the schedule must be finite, got NaN',
    ],
    ['a format it lacks', () => plotSchedule(line, { format: 'png' as 'svg' }), 'format must be'],
    [
      'what is no schedule',
      () => plotSchedule(3 as never),
      'must be a schedule, or an object of schedules by name, got 3',
    ],
  ])('%s', (_, plot, message) => {
    expect(plot).toThrow(message);
  });
});
