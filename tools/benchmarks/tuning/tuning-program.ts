// Trains a case of the step benchmark in mode measure, for tuning.ts: `CASE BUDGET`. Its images are noise.
import { cudnnTuning } from '@cantrip/cudnn-tuner';
import { sgd } from '@cantrip/optimizers';
import { type BatchSource, createTrainer, softmaxCrossEntropy } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { cases, CLASSES, MOMENTUM } from '../step/cases/cases.ts';

const [name, budget] = process.argv.slice(2);
const { model, inputShape, batch, learningRate } = cases.find((one) => one.name === name)!;
const images: BatchSource = {
  stepsPerEpoch: 1,
  *batches() {
    const targets = Int32Array.from({ length: batch }, (_, index) => index % CLASSES);
    yield {
      inputs: tf.randomUniform([batch, ...inputShape]),
      targets: tf.tensor1d(targets, 'int32'),
    };
  },
};
const trainer = createTrainer({
  device: 'tensorflow',
  model,
  optimizer: sgd({ learningRate, momentum: MOMENTUM }),
  loss: softmaxCrossEntropy(),
  plugins: [cudnnTuning({ mode: 'measure', budget: Number(budget) })],
});
await trainer.fit(images, { epochs: 1 });
trainer.dispose();
