// Writes two models in turn to the folder that is named, until it is killed.
import { openDevice } from '@cantrip/core-tensor-gpu';
import { exportModel } from '@cantrip/weights/files';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';

const [folder = ''] = process.argv.slice(2);
await openDevice('cpu');
const model = sequential({ layers: [layers.dense({ units: 100, inputShape: [100], name: 'dense' })] });
for (let turn = 0; ; turn++) {
  const value = turn % 2;
  await exportModel(model, folder, {
    values: { 'dense/kernel': tf.fill([100, 100], value), 'dense/bias': tf.fill([100], value) },
  });
  if (turn === 0) process.stdout.write('written');
}
