export {
  deriveSeed,
  generateSeed,
  type RandomStream,
  randomStream,
  type StreamPlace,
  type StreamState,
} from '@cantrip/ops';
export { type RandomState, randomState, restoreRandomState } from './random-state.ts';
export { seed, type SeedApi, type SeedOptions, type SeedState } from './seed.ts';
export { seedEverything } from './seed-everything.ts';
export type { SeedReach, TensorFlowData } from './seed-shuffle.ts';
export type { Difference, Parting } from './determinism/parting.ts';
export {
  type DeterminismReport,
  type MakeTrainer,
  verifyDeterminism,
  type VerifyDeterminismOptions,
} from './determinism/verify-determinism.ts';
export { type LayerTree, varyDropout } from './vary-dropout.ts';
export { withSeed, type WithSeed } from './with-seed.ts';
