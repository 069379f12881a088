/** Trains with an int32 variable, and prints what the run saved of it or the error. */
import { sgd } from '@cantrip/optimizers';
import { tinyData, tinyModel } from '@cantrip/testing';
import { createTrainer, type ModelFunction, type Plugin, softmaxCrossEntropy } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';

const [owner, use, capture] = process.argv.slice(2) as [
  'model' | 'plugin',
  'trained' | 'counts' | 'still',
  string,
];

const one = (): tf.Scalar => tf.scalar(1, 'int32');
const counter = (trainable: boolean): tf.Variable => tf.variable(tf.scalar(0, 'int32'), trainable, 'counter');

function model(): ModelFunction {
  const weights = tf.variable(tf.zeros([36, 3]), true, 'weights');
  const count = counter(use === 'trained');
  return (images) => {
    if (use === 'counts') count.assign(tf.add(count, one()));
    const logits = tf.matMul(tf.reshape(images as tf.Tensor, [-1, 36]), weights as tf.Tensor2D);
    return tf.add(logits, tf.cast(count, 'float32'));
  };
}

const counting: Plugin = {
  name: 'counting',
  variables: () => ({ count: counter(false) }),
  transformOptimizer: (optimizer, { ownVariables: { count } }) => ({
    ...optimizer,
    apply(update) {
      optimizer.apply(update);
      if (use === 'counts') count!.assign(tf.add(count!, one()));
    },
  }),
};

const trainer = createTrainer({
  device: 'tensorflow',
  capture: capture === 'captured',
  model: owner === 'model' ? model : tinyModel,
  optimizer: sgd({ learningRate: 0.05 }),
  loss: softmaxCrossEntropy(),
  plugins: owner === 'plugin' ? [counting] : [],
  handleInterrupt: false,
  log: () => undefined,
});
try {
  await trainer.fit(tinyData(), { epochs: 2 });
  const { variables, plugins } = await trainer.save();
  const { dtype, values } =
    owner === 'model' ? variables['counter']! : plugins['counting']!.variables['count']!;
  process.stdout.write(`${dtype} ${values.join()}`);
} catch (error) {
  process.stdout.write((error as Error).message);
}
