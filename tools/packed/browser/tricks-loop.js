// The five tricks in a training loop of one's own: the same program runs in Node and in a browser.
import '@tensorflow/tfjs-backend-cpu';
import { cudnnTuning } from '@cantrip/cudnn-tuner';
import { freezeBatchNorm } from '@cantrip/freeze-bn';
import { smoothLabels } from '@cantrip/label-smoothing';
import { cosine } from '@cantrip/lr-schedules';
import { backendDevice, registerChainedOps, softmaxCrossEntropyWithLogits } from '@cantrip/ops';
import { randomStream, withSeed } from '@cantrip/seed';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';

export async function run() {
  await backendDevice('cpu');
  registerChainedOps();
  const random = randomStream({ seed: 42, stream: 'data' });
  const inputs = tf.tensor2d(Array.from({ length: 16 }, () => [random.normal(), random.normal()]));
  const labels = tf.tensor1d(
    Array.from({ length: 16 }, (_, i) => i % 3),
    'int32',
  );
  const model = withSeed(7, () =>
    sequential({
      layers: [
        layers.dense({ units: 8, inputShape: [2] }),
        layers.batchNormalization(),
        layers.dense({ units: 3, activation: 'linear' }),
      ],
    }),
  );
  freezeBatchNorm(model);
  const rate = cosine({ value: 0.5, steps: 10 });
  const variables = model.trainableWeights.map((weight) => weight.read());
  const losses = [];
  for (let step = 0; step < 10; step++) {
    const { value, grads } = tf.variableGrads(
      () =>
        tf.mean(
          softmaxCrossEntropyWithLogits(
            model.apply(inputs, { training: true }),
            smoothLabels(labels, { smoothing: 0.1, classes: 3 }),
          ),
        ),
      variables,
    );
    for (const variable of variables) {
      const gradient = grads[variable.name];
      if (gradient) variable.assign(tf.sub(variable, tf.mul(gradient, rate(step))));
    }
    losses.push(value.dataSync()[0]);
  }
  return { numbers: losses, notes: { cudnnTuning: refusal(() => cudnnTuning()) } };
}

/** cudnn-tuner is for TensorFlow in Node alone; elsewhere it says so. */
function refusal(call) {
  try {
    call();
    return 'accepted';
  } catch (error) {
    return String(error);
  }
}
