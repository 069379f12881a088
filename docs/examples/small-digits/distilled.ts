// A teacher is expected to help a student that has few images, if the teacher has seen more of them.
import { type Ablation, defineAblation } from '@cantrip/ablation';
import { distillation } from '@cantrip/distillation';
import { sgd } from '@cantrip/optimizers';
import { seed } from '@cantrip/seed';
import { createTrainer, softmaxCrossEntropy } from '@cantrip/trainer';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { digits, digitsTrainer, figures, setting, trainedOnDigits } from './digits.ts';

const parameters = { ...setting, rate: 0.02, teacherImages: 8000, teacherEpochs: 5 };

/** A convolutional network that is trained on so many images, the same in each process. */
async function trainedTeacher(images: number): Promise<LayersModel> {
  const trainer = createTrainer({
    model: () =>
      sequential({
        layers: [
          layers.conv2d({ filters: 16, kernelSize: 5, strides: 2, inputShape: [28, 28, 1] }),
          layers.batchNormalization({}),
          layers.activation({ activation: 'relu' }),
          layers.conv2d({ filters: 32, kernelSize: 3, strides: 2, activation: 'relu' }),
          layers.flatten(),
          layers.dense({ units: 10 }),
        ],
      }),
    optimizer: sgd({ learningRate: 0.02, momentum: 0.9 }),
    loss: softmaxCrossEntropy(),
    plugins: [seed({ value: 1 })],
    log: () => undefined,
  });
  await trainer.fit(await digits('train', images), { epochs: parameters.teacherEpochs });
  const { run } = await trainer.open();
  return run.model as LayersModel;
}

const knowing = await trainedTeacher(parameters.teacherImages);
const alike = await trainedTeacher(parameters.images);

export const experiment: Ablation = defineAblation({
  name: 'distilled',
  parameters,
  plugins: [
    { name: 'teacher of 8,000 images', with: distillation({ teacher: knowing }) },
    { name: 'its first class', with: distillation({ teacher: knowing, kind: 'hard' }) },
    { name: 'teacher of the same images', with: distillation({ teacher: alike }) },
  ],
  trainer: ({ plugins, parameters: { rate } }) => digitsTrainer(plugins, rate),
  fit: (trainer, { parameters: given }) => trainedOnDigits(trainer, given),
  figures,
});
