// What a user writes: run in an empty project into which the packed packages were installed.
import { arrayDataset } from '@cantrip/data';
import { sgd } from '@cantrip/optimizers';
import { accuracy, createTrainer, softmaxCrossEntropy } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-layers';

const device = /** @type {'auto' | 'tensorflow' | 'wasm'} */ (process.argv[2] ?? 'auto');

/** Eight points in the plane, four of each class. */
const points = {
  inputs: {
    values: Float32Array.from({ length: 16 }, (_, i) => (i % 4 < 2 ? 1 : -1) + i / 100),
    shape: [8, 2],
  },
  targets: { values: Int32Array.from({ length: 8 }, (_, i) => i % 2), shape: [8] },
};

const trainer = createTrainer({
  device,
  model: () => tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [2] })] }),
  optimizer: sgd({ learningRate: 0.5 }),
  loss: softmaxCrossEntropy(),
  metrics: [accuracy()],
});
// A worker thread prepares the batches.
const source = arrayDataset({ ...points, batchSize: 8, prefetch: 2 });
const { epochs } = await trainer.fit(source, { epochs: 5, validation: source });
const losses = epochs.map(({ loss }) => loss ?? NaN);
const { device: opened } = await trainer.open();
trainer.dispose();

console.log(`Node ${process.version}, ${opened.version}: loss ${losses.join(', ')}`);
if (!(Number(losses.at(-1)) < Number(losses[0]))) throw new Error('the loss did not fall');
process.exit(0);
