import { type RandomStream, randomStream } from '@cantrip/ops';
import type { HostContext } from '../contract/contexts.ts';

/** The streams of one call of a host hook. Each continues from draw to draw. */
export function hostRandom(seed: number, step: number): HostContext['random'] {
  const streams = new Map<string, RandomStream>();
  return (stream) => {
    const known = streams.get(stream) ?? randomStream({ seed, stream, step });
    streams.set(stream, known);
    return known;
  };
}
