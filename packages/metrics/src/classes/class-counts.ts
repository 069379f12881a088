import type { Kept, TalliedBatch } from '@cantrip/trainer';
import type { Counts } from './averages.ts';
import { classCount, eachDecision } from './decisions.ts';

/** Adds the decisions of a batch to the hits, predictions and targets of each class. */
export function countClasses(who: string, before: Kept | undefined, batch: TalliedBatch): Kept {
  const { values, shape } = batch;
  const isMultiLabel = shape.length === 3;
  const classes = isMultiLabel ? shape[1]! : classCount(batch);
  const kept = before ?? emptyCounts(classes, !isMultiLabel && classes === 2 && isBinaryRow(batch));
  const [hits, predicted, wanted] = [kept['hits']!, kept['predicted']!, kept['wanted']!];
  if (!isMultiLabel) {
    eachDecision(who, batch, (target, prediction, weight) => {
      wanted[target]! += weight;
      predicted[prediction]! += weight;
      if (target === prediction) hits[target]! += weight;
    });
    return kept;
  }
  for (let at = 0; at < values.length; at += 3) {
    const unit = (at / 3) % classes;
    const weight = values[at + 2]!;
    if (values[at] === 1) wanted[unit]! += weight;
    if (values[at + 1] === 1) predicted[unit]! += weight;
    if (values[at] === 1 && values[at + 1] === 1) hits[unit]! += weight;
  }
  return kept;
}

/** Hits, predictions and targets of each class. */
export function countsOf(kept: Kept): readonly Counts[] {
  return [...kept['hits']!].map((hits, index) => ({
    hits,
    predicted: kept['predicted']![index]!,
    wanted: kept['wanted']![index]!,
  }));
}

/** Whether the classes are the two answers of one unit. The first row says so. */
const isBinaryRow = ({ values }: TalliedBatch): boolean => values[1] === 1;

const emptyCounts = (classes: number, isBinary: boolean): Kept => ({
  hits: new Float64Array(classes),
  predicted: new Float64Array(classes),
  wanted: new Float64Array(classes),
  binary: Float64Array.of(isBinary ? 1 : 0),
});
