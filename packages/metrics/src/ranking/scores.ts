import { CantripError } from '@cantrip/errors';
import type { Kept, TalliedBatch } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { flatPlaces } from '../flat-places.ts';
import type { Scored } from './area-under.ts';

/**
 * In the step: a row for each place. With answers of yes or no: for each unit score, target and weight. With classes: the
 * outputs, the class and the weight.
 */
export function scoreRows(
  { multiLabel, ignoreIndex }: { readonly multiLabel: boolean; readonly ignoreIndex?: number | undefined },
  targets: tf.Tensor,
  outputs: tf.Tensor,
  weights?: tf.Tensor,
): tf.Tensor {
  const { units, alone, size, flat, factors } = flatPlaces(
    { multiLabel, ignoreIndex },
    targets,
    outputs,
    weights,
  );
  if (!alone) {
    const columns = [flat, factors].map((column) => tf.reshape(column, [size, 1]));
    return tf.concat([tf.reshape(outputs, [size, units]), ...columns], 1);
  }
  const answers = tf.cast(tf.greater(flat, 0.5), 'float32');
  return tf.reshape(tf.stack([tf.reshape(outputs, [size]), answers, factors], -1), [size / units, 3 * units]);
}

/**
 * On the host: appends the rows that count. The array has room for more, so that a long epoch copies little.
 *
 * @throws CantripError OPTION_INVALID if there are more than `most`
 */
export function appendRows(
  who: string,
  most: number,
  before: Kept | undefined,
  { values, shape }: TalliedBatch,
): Kept {
  const width = shape[1]!;
  const old = (before?.['rows'] as Float32Array<ArrayBuffer> | undefined) ?? new Float32Array();
  const used = old.length;
  if ((used + values.length) / width > most) throw tooMany(who, most);
  const needed = used + values.length;
  let { buffer } = old;
  if (buffer.byteLength < 4 * needed) {
    const larger = new Float32Array(Math.max(2 * used, needed, 1024));
    larger.set(old);
    ({ buffer } = larger);
  }
  const rows = new Float32Array(buffer, 0, needed);
  rows.set(values, used);
  return { rows, width: before?.['width'] ?? Float64Array.of(width) };
}

/** Each question of the kept rows: one for each unit, or for each class against all others. */
export function* questionsOf(
  kept: Kept,
  { multiLabel, from }: { readonly multiLabel: boolean; readonly from: 'logits' | 'probabilities' },
): Generator<Scored> {
  const rows = kept['rows']!;
  const width = kept['width']![0]!;
  if (multiLabel || width === 3) {
    for (let column = 0; column < width; column += 3) {
      yield collected(rows, width, (at) => [
        rows[at + column]!,
        rows[at + column + 1]!,
        rows[at + column + 2]!,
      ]);
    }
    return;
  }
  const classes = width - 2;
  for (let own = 0; own < classes; own++) {
    const score =
      from === 'logits' ? (at: number) => logOdds(rows, at, classes, own) : (at: number) => rows[at + own]!;
    yield collected(rows, width, (at) => [
      score(at),
      rows[at + classes] === own ? 1 : 0,
      rows[at + classes + 1]!,
    ]);
  }
}

/** The logarithm of `p / (1 - p)` of a class. It ranks as the probability, but does not end at 1. */
function logOdds(rows: ArrayLike<number>, at: number, classes: number, own: number): number {
  let highest = -Infinity;
  for (let one = 0; one < classes; one++) if (one !== own) highest = Math.max(highest, rows[at + one]!);
  let sum = 0;
  for (let one = 0; one < classes; one++) if (one !== own) sum += Math.exp(rows[at + one]! - highest);
  return rows[at + own]! - highest - Math.log(sum);
}

type Entry = readonly [score: number, target: number, weight: number];

function collected(rows: ArrayLike<number>, width: number, entryAt: (at: number) => Entry): Scored {
  const most = rows.length / width;
  const scores = new Float64Array(most);
  const targets = new Uint8Array(most);
  const weights = new Float64Array(most);
  let count = 0;
  for (let at = 0; at < rows.length; at += width) {
    const [score, target, weight] = entryAt(at);
    if (weight === 0) continue;
    scores[count] = score;
    targets[count] = target;
    weights[count++] = weight;
  }
  return {
    scores: scores.subarray(0, count),
    targets: targets.subarray(0, count),
    weights: weights.subarray(0, count),
  };
}

const tooMany = (who: string, most: number): CantripError =>
  new CantripError('OPTION_INVALID', {
    who,
    what: `keeps the scores of all examples to be exact, and there are more than maxExamples: ${most}`,
    fix: `Set maxExamples of ${who} to a larger number if there is memory, or measure fewer examples`,
  });
