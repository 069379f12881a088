import { randomStream } from '@cantrip/ops';

/** How examples are drawn for each epoch, with replacement. It is plain data. */
export interface Sampling {
  /** The sums of the weights up to each example of the dataset, that one included. */
  readonly sums: Float64Array;
  /** The number of examples in an epoch. */
  readonly examples: number;
}

/** Draws the places of an epoch's examples. Seed and epoch alone decide them. */
export function drawExamples({ sums, examples }: Sampling, seed: number, epoch: number): Uint32Array {
  const random = randomStream({ seed, stream: 'sample', step: epoch });
  const total = sums.at(-1)!;
  return Uint32Array.from({ length: examples }, () => firstAbove(sums, random.uniform() * total));
}

/** How often each entry stood earlier in the list. */
export function repeatsIn(order: Uint32Array): Uint32Array {
  const seen = new Map<number, number>();
  return order.map((example) => {
    const before = seen.get(example) ?? 0;
    seen.set(example, before + 1);
    return before;
  });
}

/** An example of weight 0 is never the first whose sum is above a number. */
function firstAbove(sums: Float64Array, value: number): number {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sums[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
