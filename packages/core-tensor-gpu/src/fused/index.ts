export {
  batchNormTraining,
  type BatchNormTrainingOptions,
  type BatchNormTrainingResult,
} from './batch-norm-training.ts';
export { globalNorm } from './global-norm.ts';
export {
  descendInPlace,
  descendWithMomentumInPlace,
  type DescentOptions,
  type MomentumOptions,
} from './in-place-updates.ts';
export { logitsOfProbabilities } from './logits-of-probabilities.ts';
export { differentiatedAgain, onNativeDevice } from './native-op.ts';
export { type CrossEntropyOptions, softmaxCrossEntropyWithLogits } from './softmax-cross-entropy.ts';
export { type CrossEntropyParts, sparseCrossEntropyParts } from './sparse-cross-entropy-parts.ts';
