export { presentDevices } from './devices.ts';
export { expectGradients, scattered } from './compare/finite-differences.ts';
export {
  expectSameTraining,
  type Followed,
  type FollowOptions,
  followTraining,
} from './compare/follow-training.ts';
export { type Golden, loadGolden } from './compare/golden.ts';
export type { Runner } from './trick/runner.ts';
export type { TrickTogether } from './together/pair.ts';
export { testTogether, type TestTogetherOptions } from './together/test-together.ts';
export { testTrick } from './trick/test-trick.ts';
export type { OptionsOfTrick, Refusal, TrickUnderTest } from './bench/trick-under-test.ts';
export { tinyData, type TinyDataOptions } from './tiny/tiny-data.ts';
export { tinyModel } from './tiny/tiny-model.ts';
export { tinyResidualModel } from './tiny/tiny-residual-model.ts';
export { TINY_SEED, tinyTrainer } from './tiny/tiny-trainer.ts';
export { plain, plainSnapshot, weightsOf } from './compare/weights.ts';
export { distanceFrom } from './compare/distance-from.ts';
export { expectClose, flat, type Nested, type Tolerance } from './compare/expect-close.ts';
export { presentWays, type Way, type WayOptions } from './ways.ts';
