import { shuffleInPlace } from '@cantrip/ops';
import { exampleCount, type Source } from './source.ts';

/**
 * The examples of an epoch in the order of their training: shuffled by Fisher-Yates with the stream `shuffle` at the
 * step `epoch`, so that seed and epoch alone decide.
 */
export function epochOrder(source: Source, seed: number, epoch: number): Uint32Array {
  const order = source.selected?.slice() ?? new Uint32Array(exampleCount(source)).map((_, index) => index);
  if (source.shuffle) shuffleInPlace(order, { seed, stream: 'shuffle', step: epoch });
  return order;
}
