import { randomStream } from './random-stream.ts';
import { checkAll, invalid, type StreamPlace } from './stream-key.ts';

/**
 * Shuffles an array in place. The order depends only on the stream's place: Fisher-Yates, from the end to the
 * beginning.
 */
export function shuffleInPlace(order: Uint32Array, place: StreamPlace): void {
  if (!(order instanceof Uint32Array))
    throw invalid('shuffleInPlace', 'order', 'must be a Uint32Array', order);
  checkAll('shuffleInPlace', place);
  const random = randomStream(place);
  for (let last = order.length - 1; last > 0; last--) {
    const other = random.integer(last + 1);
    const kept = order[last]!;
    order[last] = order[other]!;
    order[other] = kept;
  }
}
