/** What all trainings have in common, and `--quick` makes small. */
export const setting = {
  /** Where the fine-tuning goes: to the other five classes of Fashion-MNIST, or from MNIST's digits to Fashion-MNIST. */
  task: 'classes',
  /** Images of the training before. */
  images: 12_000,
  epochs: 4,
  /** Images of the fine-tuning. */
  fineTuning: 1600,
  fineTuningEpochs: 2,
  /** Images in a batch of the fine-tuning. */
  batch: 2,
  /** Learning rate of the fine-tuning at batch 32; in proportion at others. */
  rate: 0.02,
  /** Test images. */
  tests: 5000,
  /** Filters of the network's first stage. */
  width: 16,
  device: 'auto',
};

export type Setting = typeof setting;

/** Seconds instead of hours: it shows that everything works, and nothing else. */
export const quick: Partial<Setting> = {
  images: 128,
  epochs: 1,
  fineTuning: 32,
  fineTuningEpochs: 1,
  tests: 100,
  width: 4,
};
