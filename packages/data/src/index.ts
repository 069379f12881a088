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
export { rebatch, split, type SplitOptions, subset, take } from './dataset/select.ts';
export { standardization, type StandardizationOptions } from './dataset/standardization.ts';
export { type IdxArray, readIdx, type ReadIdxOptions } from './idx/read-idx.ts';
export type { LabelledImages } from './idx/as-published.ts';
export { readIdxFolder, type ReadIdxFolderOptions } from './idx/read-idx-folder.ts';
