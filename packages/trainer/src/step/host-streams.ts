import { type RandomStream, randomStream, type StreamPlace } from '@cantrip/ops';
import { currentHook } from '../hooks/current-hook.ts';

/** What a step draws from `Math.random`. */
export type HostRandom = Pick<RandomStream, 'uniform'>;

/**
 * What tfjs draws on the host in one step: the model from one stream, the transforms of each plugin from one of its
 * own, so that none shifts the numbers of another.
 */
export function hostStreams(place: Omit<StreamPlace, 'stream'>): HostRandom {
  const streams = new Map<string, RandomStream>();
  return {
    uniform() {
      const plugin = currentHook()?.plugin.name;
      const name = plugin === undefined ? 'model' : `plugin/${plugin}`;
      const stream = streams.get(name) ?? randomStream({ ...place, stream: name });
      streams.set(name, stream);
      return stream.uniform();
    },
  };
}
