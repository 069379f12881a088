/** The common settings of all trainings. `--quick` makes them small. */
export const setting = {
  /** The number of digits in the first training. */
  images: 6000,
  epochs: 3,
  /** The number of images of clothes in the fine-tuning. */
  fineTuning: 2000,
  fineTuningEpochs: 2,
  /** The learning rate of the fine-tuning at batch 32; in proportion at other batch sizes. */
  rate: 0.02,
  /** The number of test images. */
  tests: 4000,
  /** The number of filters in the network's first stage. */
  width: 16,
  device: 'auto',
};

export type Setting = typeof setting;

/** A rate that works for all variants, and the best rate of the unfrozen network, at which frozen ones diverge. */
export const rates = [0.02, 0.06] as const;

/** The batch sizes of the fine-tuning. */
export const batchSizes = [2, 4, 8, 32] as const;

/** Takes seconds instead of an hour. It only shows that everything works. */
export const quick: Partial<Setting> = {
  images: 128,
  epochs: 1,
  fineTuning: 32,
  fineTuningEpochs: 1,
  tests: 100,
  width: 4,
};
