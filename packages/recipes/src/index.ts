export { bagOfTricks, type BagOfTricksOptions, type PublishedRecipe } from './bag-of-tricks.ts';
export { fineTuning, type FineTuningOptions } from './fine-tuning.ts';
export { reproducible, type ReproducibleOptions } from './reproducible.ts';
