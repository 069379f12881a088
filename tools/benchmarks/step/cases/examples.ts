import { fillNormal, fillUniform } from '@cantrip/ops';
import { type Case, CLASSES } from './cases.ts';

export const SEED = 20;

/** Noise of large images is drawn once for so many numbers, and is the same again behind them. */
const MOST_DRAWN = 2 ** 25;

/** Inputs and the classes that are to be found in them, one example after the other. */
interface Examples {
  readonly values: Float32Array | Int32Array;
  readonly labels: Int32Array;
}

/** So many examples of a case's kind, the same in every run. */
export function examplesOf({ inputShape, targetShape, vocabulary }: Case, count: number): Examples {
  if (vocabulary === undefined) return exampleTensors(count, inputShape);
  return targetShape === undefined
    ? exampleWords(count, inputShape, vocabulary)
    : exampleTexts(count, inputShape, vocabulary);
}

/** Noise around one pattern for each class, so that there is something to learn. */
function exampleTensors(count: number, shape: readonly number[]): Examples {
  const size = product(shape);
  const patterns = new Float32Array(CLASSES * size);
  fillNormal(patterns, { seed: SEED, stream: 'patterns' });
  const values = new Float32Array(count * size);
  fillNormal(values.subarray(0, MOST_DRAWN), { seed: SEED, stream: 'noise' });
  for (let at = MOST_DRAWN; at < values.length; at += MOST_DRAWN) values.copyWithin(at, 0, MOST_DRAWN);
  const labels = exampleLabels(count);
  for (let i = 0; i < values.length; i++) {
    values[i]! += 0.5 * patterns[labels[Math.floor(i / size)]! * size + (i % size)]!;
  }
  return { values, labels };
}

function exampleLabels(count: number): Int32Array {
  const draws = new Float32Array(count);
  fillUniform(draws, { seed: SEED, stream: 'labels' });
  return Int32Array.from(draws, (draw) => Math.floor(draw * CLASSES));
}

/** Half of the words are of the class alone. */
function exampleWords(count: number, shape: readonly number[], vocabulary: number): Examples {
  const size = product(shape);
  const draws = new Float32Array(count * size);
  fillUniform(draws, { seed: SEED, stream: 'words' });
  const labels = exampleLabels(count);
  const own = vocabulary / CLASSES;
  const values = Int32Array.from(draws, (draw, i) => {
    const label = labels[Math.floor(i / size)]!;
    return Math.floor(i % 2 === 0 ? draw * vocabulary : (label + draw) * own);
  });
  return { values, labels };
}

/** Texts in which every word but the first is the target of the word before. Half of the words follow from it. */
function exampleTexts(count: number, [length = 0]: readonly number[], vocabulary: number): Examples {
  const draws = new Float32Array(count * (length + 1));
  fillUniform(draws, { seed: SEED, stream: 'texts' });
  const values = new Int32Array(count * length);
  const labels = new Int32Array(count * length);
  for (let text = 0; text < count; text++) {
    const drawn = (at: number): number => Math.floor(draws[text * (length + 1) + at]! * vocabulary);
    let word = drawn(0);
    for (let at = 0; at < length; at++) {
      values[text * length + at] = word;
      word = at % 2 === 0 ? (7 * word + 3) % vocabulary : drawn(at + 1);
      labels[text * length + at] = word;
    }
  }
  return { values, labels };
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((result, size) => result * size, 1);
}
