import type { Values } from './host-values.ts';
import { rowSize } from './host-values.ts';
import type { KeptInput, WorstExample } from './predictions.ts';

/** Keeps the examples with the largest losses. Of equal losses the earlier example stays. */
export interface WorstExamples {
  add(example: Omit<WorstExample, 'input'>, inputs: Values, row: number): void;
  readonly examples: readonly WorstExample[];
}

/** Creates the keeper of at most `most` examples. */
export function worstExamples(most: number): WorstExamples {
  const kept: WorstExample[] = [];
  return {
    examples: kept,
    add(example, inputs, row) {
      // NaN is worse than any number.
      const rank = (loss: number): number => (Number.isNaN(loss) ? Infinity : loss);
      const place = kept.findIndex(({ loss }) => rank(loss) < rank(example.loss));
      const at = place < 0 ? kept.length : place;
      if (at >= most) return;
      kept.splice(at, 0, { ...example, input: inputOf(inputs, row) });
      kept.length = Math.min(kept.length, most);
    },
  };
}

/** Larger pictures are left out, and of other inputs all but the first values. */
const largest = { picture: 2 ** 20, values: 32 };

function inputOf(inputs: Values, row: number): KeptInput {
  const size = rowSize(inputs);
  const shape = inputs.shape.slice(1);
  const value = (at: number): number => inputs.values[row * size + at]!;
  if (!isPicture(shape))
    return { shape, values: Array.from({ length: Math.min(size, largest.values) }, (_, at) => value(at)) };
  if (size > largest.picture) return { shape };
  const [low, high] = inputs.areBytes ? [0, 255] : rangeOf(size, value);
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at++) {
    const share = high > low ? (value(at) - low) / (high - low) : 0;
    bytes[at] = Number.isFinite(share) ? Math.round(255 * Math.min(1, Math.max(0, share))) : 0;
  }
  return { shape, picture: { bytes: bytes.toString('base64'), low, high } };
}

const isPicture = (shape: readonly number[]): boolean =>
  shape.length === 3 && shape[0]! > 0 && shape[1]! > 0 && [1, 3, 4].includes(shape[2]!);

function rangeOf(size: number, value: (at: number) => number): readonly [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity];
  for (let at = 0; at < size; at++) {
    const one = value(at);
    if (!Number.isFinite(one)) continue;
    low = Math.min(low, one);
    high = Math.max(high, one);
  }
  return low > high ? [0, 1] : [low, high];
}
