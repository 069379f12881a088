export { registerChainedOps } from './engine/chained-ops.ts';
export { freeTape } from './engine/free-tape.ts';
export { kernelOf, namingKernels, runningKernel } from './engine/running-kernel.ts';
export {
  batchNormTraining,
  type BatchNormTrainingOptions,
  type BatchNormTrainingResult,
} from './fused/batch-norm-training.ts';
export { frozenBatchNorm, type FrozenBatchNormOptions } from './fused/frozen-batch-norm.ts';
export { gelu, type GeluOptions } from './fused/gelu.ts';
export { globalNorm } from './fused/global-norm.ts';
export {
  descendInPlace,
  descendWithMomentumInPlace,
  type DescentOptions,
  type MomentumOptions,
} from './fused/in-place-updates.ts';
export { layerNorm, type LayerNormOptions } from './fused/layer-norm.ts';
export { logitsOfProbabilities } from './fused/logits-of-probabilities.ts';
export {
  softmaxCrossEntropyWithLogits,
  type SoftmaxCrossEntropyWithLogitsOptions,
} from './fused/softmax-cross-entropy.ts';
export { type CrossEntropyParts, sparseCrossEntropyParts } from './fused/sparse-cross-entropy-parts.ts';
export { weightedMean } from './fused/weighted-mean.ts';
export { backendDevice } from './host/backend-device.ts';
export { checkHostTensor } from './host/check-host-tensor.ts';
export {
  type Device,
  type DeviceDescription,
  type DeviceName,
  deviceNames,
  experimentalDeviceNames,
  type LibrarySettings,
  type OpenDeviceOptions,
  type PassedOver,
} from './host/device.ts';
export type { HostBatch, HostTensor, HostTensors, Normalization } from './host/host-tensor.ts';
export { normalizeBytes, upload } from './host/upload.ts';
export { hasKernel } from './kernels/backend-kernel.ts';
export { differentiatedAgain } from './kernels/differentiated-again.ts';
export { type KernelName, kernelNames } from './kernels/kernel-names.ts';
export { blocksIn, type DrawPlace, drawNormal, drawUniform, stepTensor } from './random/draw.ts';
export { fillNormal, type FillPlace, fillUniform } from './random/fill.ts';
export { generateSeed } from './random/generate-seed.ts';
export {
  type HostRandomOptions,
  installHostRandom,
  refuseHostRandom,
  withHostRandom,
} from './random/host-random.ts';
export { philox4x32 } from './random/philox.ts';
export { type RandomStream, randomStream, type StreamState } from './random/random-stream.ts';
export { fingerprint } from './host/fingerprint.ts';
export { shuffleInPlace } from './random/shuffle-in-place.ts';
export { deriveSeed, streamKey, type StreamPlace } from './random/stream-key.ts';
export { gru, type GruOptions, type GruResult } from './recurrent/gru.ts';
export { lstm, type LstmOptions, type LstmResult } from './recurrent/lstm.ts';
export type { GateActivation, SequenceOptions } from './recurrent/sequence.ts';
