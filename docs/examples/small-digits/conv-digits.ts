// A small convolutional network on few images of digits, for tricks that change its layers.
import type { Trainer } from '@cantrip/trainer';
import { accuracy, createTrainer, type PluginList, softmaxCrossEntropy } from '@cantrip/trainer';
import { cosine, lrSchedule } from '@cantrip/lr-schedules';
import { sgd } from '@cantrip/optimizers';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { setting } from './digits.ts';

export const convSetting: typeof setting = { ...setting, rate: 0.1 };

/** Three convolutions of 8, 16 and 32 filters; the second and the third halve the size. */
export function convDigitsTrainer(plugins: PluginList, rate: number): Trainer {
  const convolution = (filters: number, strides: number, first: object = {}): layers.Layer[] => [
    layers.conv2d({ filters, strides, kernelSize: 3, padding: 'same', useBias: false, ...first }),
    layers.batchNormalization({ momentum: 0.9 }),
    layers.activation({ activation: 'relu' }),
  ];
  return createTrainer({
    model: () =>
      sequential({
        layers: [
          ...convolution(8, 1, { inputShape: [28, 28, 1] }),
          ...convolution(16, 2),
          ...convolution(32, 2),
          layers.globalAveragePooling2d({}),
          layers.dense({ units: 10 }),
        ],
      }),
    optimizer: sgd({ learningRate: rate, momentum: 0.9 }),
    loss: softmaxCrossEntropy(),
    metrics: [accuracy()],
    plugins: [...plugins, lrSchedule(cosine({ value: rate, steps: '100%' }))],
    log: () => undefined,
  });
}
