import {
  averagePrecision,
  confusionMatrix,
  f1,
  meanAbsoluteError,
  meter,
  precision,
  r2,
  recall,
  rocAuc,
  rootMeanSquaredError,
} from '@cantrip/metrics';
import { openDevice } from '@cantrip/core-tensor-gpu';
import { loadGolden, presentDevices } from '@cantrip/testing';
import type { TallyFigure, TallyMetric } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';

type Figure = number | 'NaN';
type Ratios = readonly [Figure, Figure, Figure];
type PerClass = readonly (readonly number[])[];

interface Given {
  readonly outputs: readonly (readonly number[])[] | readonly number[];
  readonly targets: readonly (readonly number[])[] | readonly number[];
  readonly weights: readonly number[] | null;
}
interface Classes extends Given {
  readonly macro: Ratios;
  readonly weighted: Ratios;
  readonly micro: Ratios;
  readonly ones: Ratios;
  readonly each: PerClass;
  readonly matrix: PerClass;
}
interface Binary extends Given {
  readonly threshold: number;
  readonly yes: Ratios;
  readonly macro: Ratios;
  readonly ones: Ratios;
  readonly matrix: PerClass;
  readonly rocAuc: Figure;
  readonly averagePrecision: Figure;
}
interface Areas extends Given {
  readonly rocAuc: readonly [Figure, Figure];
  readonly averagePrecision: readonly [Figure, Figure];
}
type Labels = Areas & Pick<Classes, 'macro' | 'weighted' | 'micro' | 'each'>;
interface Regression extends Given {
  readonly uniform: Figure;
  readonly variance: Figure;
  readonly each: readonly Figure[];
  readonly meanAbsoluteError: Figure;
  readonly rootMeanSquaredError: Figure;
}

const { cases, tolerance } = loadGolden<{
  readonly classes: Readonly<Record<string, Classes>>;
  readonly binary: Readonly<Record<string, Binary>>;
  readonly labels: Readonly<Record<string, Labels>>;
  readonly oneAgainstAll: Readonly<Record<string, Areas>>;
  readonly regression: Readonly<Record<string, Regression>>;
}>(new URL('./golden.json', import.meta.url));

const batchSizes = [1, 7, 100];

/** Measures in batches of a size. */
async function measured(metric: TallyMetric, given: Given, size: number): Promise<number | TallyFigure> {
  const meters = meter(metric);
  for (let at = 0; at < given.outputs.length; at += size) {
    const part = <T>(list: readonly T[]): T[] => list.slice(at, at + size);
    const outputs = tf.tensor(part(given.outputs as number[]));
    const targets = tf.tensor(part(given.targets as number[]));
    const indices = targets.rank < outputs.rank ? tf.cast(targets, 'int32') : targets;
    const weights = given.weights ? tf.tensor1d(part(given.weights)) : undefined;
    await meters.add(indices, outputs, weights);
    tf.dispose([outputs, targets, indices, ...(weights ? [weights] : [])]);
  }
  return meters.result();
}

function expectFigure(actual: number, wanted: Figure): void {
  if (wanted === 'NaN') return expect(actual).toBeNaN();
  const { relative = 0, absolute = 0 } = tolerance;
  expect(Math.abs(actual - wanted)).toBeLessThanOrEqual(absolute + relative * Math.abs(wanted));
}

const numbersOf = (figure: number | TallyFigure): number[] => Object.values((figure as TallyFigure).numbers!);
const ratioMetrics = [precision, recall, f1] as const;
const each = <T>(given: Readonly<Record<string, T>>): [string, T][] => Object.entries(given);

describe.each(await presentDevices(['cpu', 'wasm', 'tensorflow']))('on %s', (device) => {
  const open = async (): Promise<void> => void (await openDevice(device));

  it.each(each(cases.classes))('%s: precision, recall, F1 and the confusion matrix', async (_, given) => {
    await open();
    for (const size of batchSizes) {
      for (const [index, make] of ratioMetrics.entries()) {
        for (const average of ['macro', 'weighted', 'micro'] as const) {
          expectFigure((await measured(make({ average }), given, size)) as number, given[average][index]!);
        }
        expectFigure((await measured(make({ zeroDivision: 1 }), given, size)) as number, given.ones[index]!);
        const perClass = numbersOf(await measured(make({ average: 'each' }), given, size));
        given.each[index]!.forEach((wanted, at) => expectFigure(perClass[at]!, wanted));
        expectFigure((await measured(make({ positive: 1 }), given, size)) as number, given.each[index]![1]!);
      }
      const { table } = (await measured(confusionMatrix(), given, size)) as TallyFigure;
      expect(table!.values).toEqual(given.matrix);
    }
  });

  it.each(each(cases.binary))('%s: one unit', async (_, given) => {
    await open();
    const { threshold } = given;
    for (const size of batchSizes) {
      for (const [index, make] of ratioMetrics.entries()) {
        const value = async (options: Parameters<typeof make>[0]): Promise<number> =>
          (await measured(make({ threshold, ...options }), given, size)) as number;
        expectFigure(await value({}), given.yes[index]!);
        expectFigure(await value({ average: 'macro' }), given.macro[index]!);
        expectFigure(await value({ zeroDivision: 1 }), given.ones[index]!);
      }
      const { table } = (await measured(confusionMatrix({ threshold }), given, size)) as TallyFigure;
      expect(table!.values).toEqual(given.matrix);
      expectFigure((await measured(rocAuc(), given, size)) as number, given.rocAuc);
      expectFigure((await measured(averagePrecision(), given, size)) as number, given.averagePrecision);
    }
  });

  it.each(each(cases.labels))('%s: each unit answers yes or no', async (_, given) => {
    await open();
    for (const size of batchSizes) {
      for (const [index, make] of ratioMetrics.entries()) {
        for (const average of ['macro', 'weighted', 'micro'] as const) {
          const metric = make({ average, multiLabel: true });
          expectFigure((await measured(metric, given, size)) as number, given[average][index]!);
        }
        const perLabel = numbersOf(await measured(make({ average: 'each', multiLabel: true }), given, size));
        given.each[index]!.forEach((wanted, at) => expectFigure(perLabel[at]!, wanted));
      }
      await expectAreas(given, size, true);
    }
  });

  it.each(each(cases.oneAgainstAll))('%s: each class against all others', async (_, given) => {
    await open();
    for (const size of batchSizes) await expectAreas(given, size, false);
  });

  async function expectAreas(given: Areas, size: number, multiLabel: boolean): Promise<void> {
    for (const [at, average] of (['macro', 'weighted'] as const).entries()) {
      expectFigure(
        (await measured(rocAuc({ average, multiLabel }), given, size)) as number,
        given.rocAuc[at]!,
      );
      const area = (await measured(averagePrecision({ average, multiLabel }), given, size)) as number;
      expectFigure(area, given.averagePrecision[at]!);
    }
  }

  it.each(each(cases.regression))('%s: R2, mean absolute error and its root of squares', async (_, given) => {
    await open();
    for (const size of batchSizes) {
      for (const average of ['uniform', 'variance'] as const)
        expectFigure((await measured(r2({ average }), given, size)) as number, given[average]);
      const units = numbersOf(await measured(r2({ average: 'each' }), given, size));
      given.each.forEach((wanted, at) => expectFigure(units[at]!, wanted));
      expectFigure((await measured(meanAbsoluteError(), given, size)) as number, given.meanAbsoluteError);
      expectFigure(
        (await measured(rootMeanSquaredError(), given, size)) as number,
        given.rootMeanSquaredError,
      );
    }
  });
});
