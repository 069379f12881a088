/** What the values of a place mean: logits of classes, their probabilities, or one logit or probability of yes. */
export type Meaning = 'softmax' | 'probabilities' | 'sigmoid' | 'yes';

/** The probability of each class at a place: of no and yes if there is one value. */
export function probabilitiesOf(
  meaning: Meaning,
  values: ArrayLike<number>,
  from: number,
  size: number,
): Float64Array {
  if (meaning === 'sigmoid' || meaning === 'yes') {
    const value = values[from]!;
    const yes = meaning === 'yes' ? value : 1 / (1 + Math.exp(-value));
    return Float64Array.of(1 - yes, yes);
  }
  const all = new Float64Array(size);
  for (let at = 0; at < size; at++) all[at] = values[from + at]!;
  if (meaning === 'probabilities') return all;
  const highest = all.reduce((high, value) => Math.max(high, value), -Infinity);
  let sum = 0;
  for (let at = 0; at < size; at++) sum += all[at] = Math.exp(all[at]! - highest);
  for (let at = 0; at < size; at++) all[at]! /= sum;
  return all;
}

/** The place of the highest value; of equal ones the first, as `tf.argMax` has it. */
export function highestOf(values: ArrayLike<number>, from = 0, size: number = values.length): number {
  let best = 0;
  for (let at = 1; at < size; at++) if (values[from + at]! > values[from + best]!) best = at;
  return best;
}
