import { randomStream } from '@cantrip/core-tensor-gpu/random';
import { exampleCount, type Source } from './source.ts';

/**
 * The examples of an epoch in the order of their training: shuffled by Fisher-Yates with the stream `shuffle` at the
 * step `epoch`, so that seed and epoch alone decide.
 */
export function epochOrder(source: Source, seed: number, epoch: number): Uint32Array {
  const order = source.selected?.slice() ?? new Uint32Array(exampleCount(source)).map((_, index) => index);
  if (source.shuffle) shuffleInPlace(order, seed, 'shuffle', epoch);
  return order;
}

/** Fisher-Yates, from the end to the beginning. */
export function shuffleInPlace(order: Uint32Array, seed: number, stream: string, step: number): void {
  const random = randomStream({ seed, stream, step });
  for (let last = order.length - 1; last > 0; last--) {
    const other = random.integer(last + 1);
    const kept = order[last]!;
    order[last] = order[other]!;
    order[other] = kept;
  }
}
