import { type RandomStream, randomStream, type StreamPlace } from '@cantrip/ops';
import type { HostContext } from '../contract/contexts.ts';
import type { AnyPlugin } from '../contract/plugin.ts';
import { ownName } from '../contract/plugin-id.ts';

/** The streams of one call of a host hook. Each continues from draw to draw. */
export function hostRandom(plugin: AnyPlugin, place: Omit<StreamPlace, 'stream'>): HostContext['random'] {
  const streams = new Map<string, RandomStream>();
  return (stream) => {
    const known = streams.get(stream) ?? randomStream({ ...place, stream: ownName(plugin, stream) });
    streams.set(stream, known);
    return known;
  };
}
