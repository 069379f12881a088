import type { EvaluatedOutput } from '@cantrip/trainer';
import { rowSize, type Values } from './host-values.ts';
import type { PartTally } from './part-tally.ts';
import { highestOf, type Meaning, probabilitiesOf } from './probabilities.ts';
import { worstExamples } from './worst-examples.ts';

const binCount = 15;

/**
 * What the values of an output mean, if each of its places has a class. Undefined for several labels at once, and for numbers.
 */
export function meaningOf(
  loss: EvaluatedOutput['loss'],
  targets: Values,
  units: number,
): Meaning | undefined {
  const { answers, applies, isRegression } = loss;
  if (answers === 'sigmoid' && units === 1) return applies === 'sigmoid' ? 'sigmoid' : 'yes';
  if (units < 2 || isRegression || answers === 'sigmoid') return undefined;
  if (answers === 'softmax') return applies === 'softmax' ? 'softmax' : 'probabilities';
  // A loss of one's own says nothing. Whole numbers beside several units are classes.
  return targets.areWhole ? 'softmax' : undefined;
}

/** Counts predictions of classes, exactly. */
export function classTally(
  meaning: Meaning,
  units: number,
  ignoreIndex: number | undefined,
  worst: number,
): PartTally {
  const classes = Math.max(2, units);
  const counts = new Map<number, number>();
  const bins = Array.from({ length: binCount }, () => ({ count: 0, correct: 0, confidence: 0 }));
  const examples = worstExamples(worst);
  let count = 0;

  function addPlace(
    target: number,
    chances: Float64Array,
  ): { prediction: number; confidence: number; loss: number } {
    const prediction = highestOf(chances);
    const confidence = chances[prediction]!;
    const cell = target * classes + prediction;
    counts.set(cell, (counts.get(cell) ?? 0) + 1);
    count += 1;
    const at = Math.min(binCount - 1, Math.max(0, Math.floor((confidence || 0) * binCount)));
    const bin = bins[at]!;
    bin.count += 1;
    bin.correct += prediction === target ? 1 : 0;
    bin.confidence += confidence || 0;
    return { prediction, confidence, loss: -Math.log(chances[target]!) };
  }

  return {
    add({ outputs, targets, weights, inputs, size, first }) {
      const places = rowSize(outputs) / units;
      for (let row = 0; row < size; row++) {
        let [sum, counted] = [0, 0];
        let shown: { target: number; prediction: number; confidence: number } | undefined;
        for (let place = 0; place < places; place++) {
          const at = row * places + place;
          const target = classAt(targets, at, units, outputs);
          if (target === ignoreIndex || !(target >= 0 && target < classes)) continue;
          if (
            weights &&
            weights.values[Math.floor((at * weights.values.length) / (places * outputs.shape[0]!))] === 0
          )
            continue;
          const { loss, ...one } = addPlace(
            target,
            probabilitiesOf(meaning, outputs.values, at * units, units),
          );
          sum += loss;
          counted += 1;
          shown ??= { target, ...one };
        }
        if (!shown) continue;
        const { target, prediction, confidence } = shown;
        const example = {
          index: first + row,
          loss: sum / counted,
          target: [target],
          prediction: [prediction],
          confidence,
        };
        examples.add(example, inputs, row);
      }
    },
    result: () => ({
      kind: 'classes',
      count,
      classes,
      counts: [...counts]
        .sort(([a], [b]) => a - b)
        .map(([cell, times]) => [Math.floor(cell / classes), cell % classes, times] as const),
      bins,
      worst: examples.examples,
    }),
  };
}

/** The class at a place: an index, or the largest of as many values as there are units. */
function classAt(targets: Values, at: number, units: number, outputs: Values): number {
  const { values, shape } = targets;
  const isRow = units > 1 && shape.length === outputs.shape.length && shape.at(-1) === units;
  if (isRow) return highestOf(values, at * units, units);
  return units === 1 ? Number(values[at]! > 0.5) : values[at]!;
}
