import { deriveSeed, fillNormal, type FillPlace, fillUniform, randomStream, streamKey } from '@cantrip/ops';
import { describe, expect, it } from 'vitest';
import golden from '../golden/philox.json' with { type: 'json' };

const cases = Object.entries(golden.cases);
const place = ({ seed, stream, step, block }: (typeof cases)[number][1]): FillPlace => ({
  seed: BigInt(seed),
  stream,
  step,
  block,
});
const filled = (fill: typeof fillUniform, where: FillPlace): number[] => {
  const values = new Float32Array(10);
  fill(values, where);
  return [...values];
};
const expectClose = (actual: readonly number[], expected: readonly number[], tolerance: number): void =>
  expected.forEach((value, i) => expect(Math.abs(actual[i]! - value)).toBeLessThanOrEqual(tolerance));

describe.each(cases)('the numbers of TensorFlow %s: %s', (_name, expected) => {
  it('have the same key', () => {
    expect(String(streamKey(place(expected)))).toBe(expected.key);
    expect(deriveSeed(BigInt(expected.seed), expected.stream)).toBe(expected.derivedSeed);
  });

  it('are equal bit for bit where they are uniform', () => {
    expect(filled(fillUniform, place(expected))).toEqual(expected.uniform.map(Math.fround));
  });

  it('are equal to rounding where they are normal', () => {
    expectClose(filled(fillNormal, place(expected)), expected.normal, golden.tolerance.absolute);
  });
});

const fromTheStart = cases.filter(([, { block }]) => block === 0);

describe.each(fromTheStart)('the float64 numbers of TensorFlow %s: %s', (_name, expected) => {
  it('are those of the host stream', () => {
    const stream = randomStream(place(expected));
    expect(expected.uniform64.map(stream.uniform)).toEqual(expected.uniform64);
    expectClose(expected.normal64.map(randomStream(place(expected)).normal), expected.normal64, 1e-14);
  });
});

describe('fillUniform and fillNormal', () => {
  const where = { seed: 1, stream: 'noise', step: 2 };

  it('return the block that follows, so that a second tensor shares no number with the first', () => {
    const block = fillUniform(new Float32Array(6), where);
    expect(block).toBe(2);
    expect(fillNormal(new Float32Array(8), { ...where, block })).toBe(4);
    const long = new Float32Array(12);
    fillUniform(long, where);
    expect(filled(fillUniform, { ...where, block }).slice(0, 4)).toEqual([...long.slice(8)]);
  });

  it('leave an empty tensor and the block as they are', () => {
    expect(fillUniform(new Float32Array(0), { ...where, block: 5 })).toBe(5);
  });

  it('fill a tensor with the mean and the variance of a standard normal distribution', () => {
    const values = new Float32Array(100_000);
    fillNormal(values, where);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(mean).toBeCloseTo(0, 1);
    expect(variance).toBeCloseTo(1, 1);
    expect(values.every(Number.isFinite)).toBe(true);
  });

  it.each([-1, 1.5, Number.NaN])('refuse the block %d', (block) => {
    expect(() => fillUniform(new Float32Array(1), { ...where, block })).toThrow(
      `[fillUniform] block must be an integer in [0, 2^53), got ${block}. Set block to an integer in [0, 2^53). (OPTION_INVALID)`,
    );
  });

  it('name themselves when they refuse a seed', () => {
    expect(() => fillNormal(new Float32Array(1), { ...where, seed: 0.5 })).toThrow(
      '[fillNormal] seed must be',
    );
  });
});
