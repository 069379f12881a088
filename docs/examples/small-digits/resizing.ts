// Progressive resizing is expected to take less time, for about the same accuracy.
import { type Ablation, defineAblation } from '@cantrip/ablation';
import { cosine, lrSchedule } from '@cantrip/lr-schedules';
import { sgd } from '@cantrip/optimizers';
import { progressiveResizing } from '@cantrip/progressive-resizing';
import { accuracy, createTrainer, softmaxCrossEntropy } from '@cantrip/trainer';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { digits, figures, setting } from './digits.ts';

const convolution = (filters: number, more = {}): ReturnType<typeof layers.conv2d> =>
  layers.conv2d({ filters, kernelSize: 3, padding: 'same', useBias: false, ...more });
const relu = (): ReturnType<typeof layers.activation> => layers.activation({ activation: 'relu' });

export const experiment: Ablation = defineAblation({
  name: 'resizing',
  parameters: { ...setting, rate: 0.1, epochs: 12 },
  plugins: [
    { name: 'from half the size', with: progressiveResizing() },
    { name: 'cropped to half the size', with: progressiveResizing({ mode: 'crop' }) },
  ],
  trainer: ({ plugins, parameters }) =>
    createTrainer({
      model: () =>
        sequential({
          layers: [
            ...[convolution(16, { inputShape: [28, 28, 1] }), layers.batchNormalization({}), relu()],
            ...[convolution(32, { strides: 2 }), layers.batchNormalization({}), relu()],
            ...[convolution(64, { strides: 2 }), layers.batchNormalization({}), relu()],
            layers.globalAveragePooling2d({}),
            layers.dense({ units: 10 }),
          ],
        }),
      optimizer: sgd({ learningRate: parameters.rate, momentum: 0.9 }),
      loss: softmaxCrossEntropy(),
      metrics: [accuracy()],
      // A rate that falls to 0, because the last images are others than the first.
      plugins: [plugins, lrSchedule(cosine({ value: parameters.rate, steps: '100%' }))],
      log: () => undefined,
    }),
  async fit(trainer, { parameters: { images, tests, epochs } }) {
    const train = await digits('train', images);
    const begin = performance.now();
    await trainer.fit(train, { epochs });
    const seconds = (performance.now() - begin) / 1000;
    const { accuracy: right = Number.NaN, loss = Number.NaN } = await trainer.evaluate(
      await digits('test', tests),
    );
    return { test_accuracy: right, test_loss: loss, seconds };
  },
  figures: [...figures, { name: 'seconds', better: 'lower' }],
});
