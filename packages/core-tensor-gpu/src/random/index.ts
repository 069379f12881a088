export { fillNormal, type FillPlace, fillUniform } from './fill.ts';
export { generateSeed } from './generate-seed.ts';
export {
  type HostRandomOptions,
  installHostRandom,
  refuseHostRandom,
  withHostRandom,
} from './host-random.ts';
export { philox4x32 } from './philox.ts';
export { type RandomStream, randomStream, type StreamState } from './random-stream.ts';
export { shuffleInPlace } from './shuffle-in-place.ts';
export { deriveSeed, streamKey, type StreamPlace } from './stream-key.ts';
