import { presentDevices } from '@cantrip/testing';
import * as tfl from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import golden from '../golden/random-layers.json' with { type: 'json' };
import { outputsOf, sequential, size } from '../watched-trainer.ts';
import { buildLayer } from './build-layer.ts';

interface Drawn {
  readonly options: Readonly<Record<string, number>>;
  readonly mean: number;
  readonly variance: number;
  /** Of layers that give two values: both, and the share of the lower one. */
  readonly values?: readonly number[];
  readonly lower?: number;
  readonly quantiles?: readonly number[];
  /** The fourth central moment. */
  readonly fourth?: number;
}

const { at, layers } = golden.cases;
const rows = 10_000;
const count = rows * size;
/** Keras's own figures come from so many numbers. */
const keras = 4_000_000;

/**
 * Within five standard deviations of the difference of two samples. There are 51 comparisons here, each of which fails by
 * chance for one seed in 1.7 million: one of them for one seed in 34,000. The seed is fixed, so that the result is not
 * drawn anew.
 */
function expectSame(got: number, want: number, variance: number): void {
  const deviation = Math.sqrt(variance * (1 / count + 1 / keras));
  expect(Math.abs(got - want) / deviation).toBeLessThan(5);
}

const share = (values: readonly number[], holds: (value: number) => boolean): number =>
  values.filter(holds).length / values.length;

describe.each(await presentDevices(['tensorflow', 'wasm', 'cpu']))('on %s', (device) => {
  it.each(Object.entries(layers as Record<string, Drawn>))('%s draws as in Keras', async (name, drawn) => {
    const model = (): tfl.LayersModel =>
      sequential(
        tfl.layers.inputLayer({ inputShape: [rows, size] }),
        // Spatial dropout draws once for each channel.
        ...(name.startsWith('spatial') ? [tfl.layers.reshape({ targetShape: [1, count] })] : []),
        buildLayer({ export: name, options: drawn.options }),
        tfl.layers.reshape({ targetShape: [rows, size] }),
      );
    const [values] = await outputsOf({ model, device }, { steps: 1, shape: [rows, size] });
    expect(values).toHaveLength(count);
    if (drawn.values) {
      const [lower, upper] = drawn.values as [number, number];
      for (const value of new Set(values))
        expect(Math.min(Math.abs(value - lower), Math.abs(value - upper))).toBeLessThan(1e-5);
      expectSame(
        share(values!, (value) => Math.abs(value - lower) < 1e-5),
        drawn.lower!,
        drawn.lower! * (1 - drawn.lower!),
      );
      return;
    }
    const mean = values!.reduce((sum, value) => sum + value, 0) / count;
    expectSame(mean, drawn.mean, drawn.variance);
    const variance = values!.reduce((sum, value) => sum + (value - drawn.mean) ** 2, 0) / count;
    expectSame(variance, drawn.variance, drawn.fourth! - drawn.variance ** 2);
    for (const [i, part] of at.entries()) {
      expectSame(
        share(values!, (value) => value <= drawn.quantiles![i]!),
        part,
        part * (1 - part),
      );
    }
  });
});
