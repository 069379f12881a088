/** A row of a card's table: one trick's effect on one figure. */
export interface Row {
  readonly words: string;
  /** The file of its result, from docs/examples, without its ending. */
  readonly experiment: string;
  /** As the experiment calls it. */
  readonly trick: string;
  readonly figure: string;
}

export interface Card {
  /** The task, where it is not that of the other cards. */
  readonly task?: string;
  readonly rows: readonly Row[];
  /** Words and file, from docs/examples. */
  readonly charts: readonly (readonly [string, string])[];
}

const digits = '1,000 digits of MNIST, 2 dense layers, 5 seeds';
const results = 'ablation/results';
const fiveTricks = `${results}/five-tricks`;
const fineTuned = (rate: string): string => `freeze-bn-fine-tuning/results/rate-${rate}/fine-tuning`;

const fineTuning = (rate: string, batchSizes: readonly number[]): Row[] =>
  batchSizes.map((batch) => ({
    words: `frozen, batch ${batch}, rate ${rate}`,
    experiment: fineTuned(rate),
    trick: 'frozen',
    figure: `accuracy_batch_${batch}`,
  }));

/** What the card of each trick shows of the ablations. */
export const cards: Readonly<Record<string, Card>> = {
  seed: {
    rows: [
      {
        words: 'two trainings: difference of accuracies',
        experiment: `${results}/repeats`,
        trick: 'seed',
        figure: 'accuracy_gap',
      },
      {
        words: 'two trainings: weights that differ',
        experiment: `${results}/repeats`,
        trick: 'seed',
        figure: 'unequal_weights',
      },
      { words: 'test accuracy', experiment: fiveTricks, trick: 'seed', figure: 'test_accuracy' },
    ],
    charts: [['Two trainings: difference of accuracies', `${results}/repeats.accuracy_gap.svg`]],
  },
  'cudnn-tuner': {
    rows: [
      {
        words: 'deterministic, on a processor: test accuracy',
        experiment: fiveTricks,
        trick: 'cudnn-tuner',
        figure: 'test_accuracy',
      },
    ],
    charts: [['Test accuracy of all tricks', `${fiveTricks}.test_accuracy.svg`]],
  },
  'lr-schedules': {
    rows: [
      {
        words: 'warm-up and cosine, against the best constant rate',
        experiment: fiveTricks,
        trick: 'lr-schedules',
        figure: 'test_accuracy',
      },
      {
        words: 'warm-up before cosine, batch 512, rate 0.8',
        experiment: `${results}/large-batch`,
        trick: 'warm-up',
        figure: 'test_accuracy',
      },
    ],
    charts: [
      ['Test accuracy of all tricks', `${fiveTricks}.test_accuracy.svg`],
      ['Test accuracy at a large batch', `${results}/large-batch.test_accuracy.svg`],
    ],
  },
  'label-smoothing': {
    rows: [
      ...['0.05', '0.1'].map((smoothing) => ({
        words: `overfitted, smoothing ${smoothing}: calibration error`,
        experiment: `${results}/calibration`,
        trick: `smoothing ${smoothing}`,
        figure: 'calibration_error',
      })),
      {
        words: 'overfitted, smoothing 0.1: accuracy',
        experiment: `${results}/calibration`,
        trick: 'smoothing 0.1',
        figure: 'test_accuracy',
      },
      ...['0.1', '0.4'].map((smoothing) => ({
        words: `36 % of labels wrong, smoothing ${smoothing}: accuracy`,
        experiment: `${results}/noisy-labels`,
        trick: `smoothing ${smoothing}`,
        figure: 'test_accuracy',
      })),
      ...[
        ['accuracy', 'test_accuracy'],
        ['calibration error', 'calibration_error'],
      ].map(([words, figure]) => ({
        words: `8 epochs, with the other four tricks, smoothing 0.1: ${words}`,
        experiment: fiveTricks,
        trick: 'label-smoothing',
        figure: figure!,
      })),
    ],
    charts: [
      ['Reliability without smoothing', `${results}/calibration.no-smoothing.seed-1.svg`],
      ['Reliability with smoothing 0.1', `${results}/calibration.smoothing-0.1.seed-1.svg`],
    ],
  },
  mixup: {
    rows: ['mixup 0.2', 'CutMix 1', 'mixup 0.8 and CutMix 1'].flatMap((trick) =>
      [
        ['accuracy', 'test_accuracy'],
        ['calibration error', 'calibration_error'],
      ].map(([words, figure]) => ({
        words: `2,000 images 40 times, ${trick}: ${words}`,
        experiment: `${results}/mixing`,
        trick,
        figure: figure!,
      })),
    ),
    charts: [['Test accuracy with mixup and CutMix', `${results}/mixing.test_accuracy.svg`]],
  },
  'freeze-bn': {
    rows: [
      ...fineTuning('0.02', [2, 4, 8, 32]),
      ...fineTuning('0.06', [2, 32]),
      {
        words: 'frozen, batch 4, more images of the same kind',
        experiment: fiveTricks,
        trick: 'freeze-bn',
        figure: 'fine_tuned_accuracy',
      },
    ],
    charts: [
      ['Rate 0.02, batch 2: test accuracy', `${fineTuned('0.02')}.accuracy_batch_2.svg`],
      ['Rate 0.06, batch 32: test accuracy', `${fineTuned('0.06')}.accuracy_batch_32.svg`],
    ],
  },
  'weight-averaging': {
    task: digits,
    rows: ['EMA 0.99', 'SWA of the last half'].flatMap((trick) =>
      [
        ['test accuracy', 'test_accuracy'],
        ['test loss', 'test_loss'],
      ].map(([words, figure]) => ({
        words: `${trick}: ${words}`,
        experiment: 'small-digits/results/averages',
        trick,
        figure: figure!,
      })),
    ),
    charts: [['Test accuracy with averages', 'small-digits/results/averages.test_accuracy.svg']],
  },
  sam: {
    task: digits,
    rows: ['SAM 0.05', 'ASAM 0.5'].flatMap((trick) =>
      [
        ['test accuracy', 'test_accuracy'],
        ['test loss', 'test_loss'],
      ].map(([words, figure]) => ({
        words: `${trick}: ${words}`,
        experiment: 'small-digits/results/sharpness',
        trick,
        figure: figure!,
      })),
    ),
    charts: [['Test accuracy with SAM', 'small-digits/results/sharpness.test_accuracy.svg']],
  },
  'early-stopping': {
    task: digits,
    rows: ['stopped by the loss', 'stopped by the accuracy'].flatMap((trick) =>
      [
        ['test accuracy', 'test_accuracy'],
        ['test loss', 'test_loss'],
      ].map(([words, figure]) => ({
        words: `${trick}: ${words}`,
        experiment: 'small-digits/results/stopping',
        trick,
        figure: figure!,
      })),
    ),
    charts: [['Test loss with early stopping', 'small-digits/results/stopping.test_loss.svg']],
  },
  'gradient-tools': {
    task: digits,
    rows: ['centralization', 'adaptive clipping 0.02', 'noise 0.0001'].flatMap((trick) =>
      [
        ['test accuracy', 'test_accuracy'],
        ['test loss', 'test_loss'],
      ].map(([words, figure]) => ({
        words: `${trick}: ${words}`,
        experiment: 'small-digits/results/gradients',
        trick,
        figure: figure!,
      })),
    ),
    charts: [['Test accuracy with gradient tools', 'small-digits/results/gradients.test_accuracy.svg']],
  },
  distillation: {
    task: digits,
    rows: [
      ...['teacher of 8,000 images', 'its first class', 'teacher of the same images'].map((trick) => ({
        words: `${trick}: test accuracy`,
        experiment: 'small-digits/results/distilled',
        trick,
        figure: 'test_accuracy',
      })),
      {
        words: 'teacher of 8,000 images: test loss',
        experiment: 'small-digits/results/distilled',
        trick: 'teacher of 8,000 images',
        figure: 'test_loss',
      },
    ],
    charts: [],
  },
  'stochastic-depth': {
    task: 'Fashion-MNIST, ResNet-14, 5 seeds',
    rows: ['rate 0.1', 'rate 0.3'].flatMap((trick) =>
      [
        ['accuracy', 'test_accuracy'],
        ['calibration error', 'calibration_error'],
      ].map(([words, figure]) => ({
        words: `2,000 images, 10 epochs, ${trick}: ${words}`,
        experiment: `${results}/stochastic-depth`,
        trick,
        figure: figure!,
      })),
    ),
    charts: [['Test accuracy with stochastic depth', `${results}/stochastic-depth.test_accuracy.svg`]],
  },
};
