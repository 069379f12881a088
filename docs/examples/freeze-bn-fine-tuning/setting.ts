/** What all trainings have in common, and `--quick` makes small. */
export const setting = {
  /** Digits of the training before. */
  images: 6000,
  epochs: 3,
  /** Pieces of clothing of the fine-tuning. */
  fineTuning: 2000,
  fineTuningEpochs: 2,
  /** Learning rate of the fine-tuning at batch 32; in proportion at others. */
  rate: 0.02,
  /** Test images. */
  tests: 4000,
  /** Filters of the network's first stage. */
  width: 16,
  device: 'auto',
};

export type Setting = typeof setting;

/** What suits all variants, and what suits the unfrozen network best, at which frozen ones diverge. */
export const rates = [0.02, 0.06] as const;

/** Images in a batch of the fine-tuning. */
export const batchSizes = [2, 4, 8, 32] as const;

/** Seconds instead of an hour: it shows that everything works, and nothing else. */
export const quick: Partial<Setting> = {
  images: 128,
  epochs: 1,
  fineTuning: 32,
  fineTuningEpochs: 1,
  tests: 100,
  width: 4,
};
