import type { Case } from '../case.ts';
import { densePartsOf } from '../dense-parts.ts';
import { initialValues } from '../initial-values.ts';
import { learningRateAt } from '../learning-rate.ts';
import { type MadeData, makeData } from '../make-data.ts';
import { epochTotals } from './epoch-totals.ts';
import { forward } from './forward.ts';
import { type DenseWeights, type Matrix, matrix } from './tape.ts';

export interface ReferenceOutcome {
  readonly epochs: readonly Readonly<Record<string, number>>[];
  readonly weights: Readonly<Record<string, ArrayLike<number>>>;
  readonly steps: number;
}

/**
 * Trains a case of dense layers with float64 and plain loops: stochastic gradient descent with momentum, each step the
 * mean over what the losses of its batches were divided by.
 *
 * @param orderOf - the examples of an epoch in the order of their training
 */
export function referenceLoop(given: Case, orderOf: (epoch: number) => ArrayLike<number>): ReferenceOutcome {
  const { model, data, run } = given;
  const training = makeData(given, 'training');
  const layers = new Map(
    densePartsOf(model).map(({ name, from, to }) => [
      name,
      {
        kernel: matrix(from, to, initialValues(`${name}/kernel`, [from, to])),
        bias: matrix(1, to, initialValues(`${name}/bias`, [to])),
      },
    ]),
  );
  const parameters = [...layers.values()].flatMap(({ kernel, bias }) => [kernel, bias]);
  const velocities = parameters.map(({ values }) => new Float64Array(values.length));
  const smoothing = run.labelSmoothing || undefined;
  const epochs: Record<string, number>[] = [];
  let step = 0;
  let { batchSize } = data;
  for (let epoch = 0; epoch < run.epochs; epoch++) {
    const order = Array.from(orderOf(epoch));
    const totals = epochTotals(model.heads);
    for (let next = 0; next < order.length;) {
      const sums = parameters.map(({ values }) => new Float64Array(values.length));
      let weight = 0;
      for (let batch = 0; batch < run.accumulate && next < order.length; batch++, next += batchSize) {
        const rows = order.slice(next, next + batchSize);
        const counted = forward(given, layers, training, rows, smoothing, totals).backward();
        weight += counted;
        parameters.forEach(({ gradient }, at) => addTo(sums[at]!, gradient, counted));
      }
      const rate = learningRateAt(run, step++);
      parameters.forEach(({ values }, at) => {
        values.forEach((_, i) => {
          const gradient = weight === 0 ? 0 : sums[at]![i]! / weight;
          velocities[at]![i] = run.momentum * velocities[at]![i]! + gradient;
          values[i]! -= rate * velocities[at]![i]!;
        });
      });
      if (step === run.stop?.step) ({ batchSize } = run.stop);
    }
    epochs.push({ ...totals.figures(''), ...validated(given, layers) });
  }
  return { epochs, weights: weightsOf(layers), steps: step };
}

function validated(given: Case, layers: ReadonlyMap<string, DenseWeights>): Record<string, number> {
  if (given.data.validation === 0) return {};
  const data: MadeData = makeData(given, 'validation');
  const totals = epochTotals(given.model.heads);
  forward(
    given,
    layers,
    data,
    Array.from({ length: data.count }, (_, at) => at),
    undefined,
    totals,
  );
  return totals.figures('validation_');
}

function addTo(sums: Float64Array, gradient: Float64Array, weight: number): void {
  gradient.forEach((value, at) => {
    sums[at]! += value * weight;
  });
  gradient.fill(0);
}

function weightsOf(layers: ReadonlyMap<string, DenseWeights>): Record<string, ArrayLike<number>> {
  return Object.fromEntries(
    [...layers].flatMap(([name, { kernel, bias }]: [string, { kernel: Matrix; bias: Matrix }]) => [
      [`${name}/kernel`, kernel.values],
      [`${name}/bias`, bias.values],
    ]),
  );
}
