import { type RandomStream, randomStream, type StreamPlace } from '@cantrip/ops';
import { currentPlugin } from '../../hooks/current-hook.ts';

/** The random numbers that a step draws instead of `Math.random`. */
export interface HostRandom extends Pick<RandomStream, 'uniform'> {
  /** Copies the streams. The copies continue from the current place, independently. */
  again(): HostRandom;
}

/**
 * The random numbers that tfjs draws on the host in one step. The model has one stream, and the transforms of each
 * plugin have their own. So none changes the numbers of another.
 */
export function hostStreams(place: Omit<StreamPlace, 'stream'>): HostRandom {
  return streamsFrom(place, new Map());
}

/** @param drawn - how many numbers of each stream were already drawn */
function streamsFrom(place: Omit<StreamPlace, 'stream'>, drawn: ReadonlyMap<string, number>): HostRandom {
  const streams = new Map<string, RandomStream>();
  const counts = new Map(drawn);

  function open(name: string): RandomStream {
    const stream = randomStream({ ...place, stream: name });
    for (let i = 0; i < (counts.get(name) ?? 0); i++) stream.uniform();
    streams.set(name, stream);
    return stream;
  }

  return {
    uniform() {
      const plugin = currentPlugin();
      const name = plugin === undefined ? 'model' : `plugin/${plugin}`;
      const stream = streams.get(name) ?? open(name);
      counts.set(name, (counts.get(name) ?? 0) + 1);
      return stream.uniform();
    },
    again: () => streamsFrom(place, counts),
  };
}
