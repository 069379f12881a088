export { presentDevices } from './devices.ts';
export { expectSameTraining, type Followed, type FollowOptions, followTraining } from './follow-training.ts';
export { type Golden, loadGolden } from './golden.ts';
export { testTrick, type TrickUnderTest } from './test-trick.ts';
export { tinyData, type TinyDataOptions } from './tiny-data.ts';
export { tinyModel } from './tiny-model.ts';
export { TINY_SEED, tinyTrainer } from './tiny-trainer.ts';
export { plain, plainSnapshot, weightsOf } from './weights.ts';
export { expectClose, flat, type Nested, type Tolerance } from './expect-close.ts';
