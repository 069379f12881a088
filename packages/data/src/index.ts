export type {
  Augmentation,
  CustomAugmentation,
  Image,
  RandomCrop,
  RandomFlip,
  TrivialAugment,
} from './augment/augmentation.ts';
export { randomCrop, type RandomCropOptions } from './augment/random-crop.ts';
export { randomFlip, type RandomFlipOptions } from './augment/random-flip.ts';
export { trivialAugment, type TrivialAugmentOptions } from './augment/trivial-augment.ts';
export { bucketLengths, type BucketLengthsOptions, paddingShare } from './buckets/bucket-lengths.ts';
export { type BucketedDataset, bucketedDataset, type BucketReport } from './dataset/bucketed-dataset.ts';
export type { BucketedDatasetOptions, Examples, NamedExamples } from './buckets/bucketed-options.ts';
export type { Bucket } from './buckets/bucketed-source.ts';
export { arrayDataset } from './dataset/array-dataset.ts';
export type { ArrayDatasetOptions, BatchOptions } from './dataset/dataset-options.ts';
export type { BatchesRequest, Dataset } from './source/dataset.ts';
export { rebatch, subset, take } from './dataset/select.ts';
export { foldPositions, type FoldOptions } from './split/fold-positions.ts';
export { type Fold, kFold, type KFoldOptions } from './split/k-fold.ts';
export { split, type SplitOptions } from './split/split.ts';
export { splitPositions, type SplitPositionsOptions } from './split/split-positions.ts';
export { classWeights, type ClassWeightsOptions } from './sampling/class-weights.ts';
export { weightedSample, type WeightedSampleOptions } from './sampling/weighted-sample.ts';
export { standardization, type StandardizationOptions } from './dataset/standardization.ts';
export { type IdxArray, readIdx, type ReadIdxOptions } from './idx/read-idx.ts';
export type { LabelledImages } from './idx/as-published.ts';
export { readIdxFolder, type ReadIdxFolderOptions } from './idx/read-idx-folder.ts';
export {
  fromIterable,
  type FromIterableOptions,
  type IterableDataset,
  type IterablePlace,
} from './iterable/from-iterable.ts';
export type { Example } from './iterable/stack-examples.ts';
export { textDataset, type TextDatasetOptions } from './iterable/text-dataset.ts';
