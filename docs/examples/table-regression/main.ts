// Predicts how a disease goes on from ten numbers of a patient, by cross-validation: npx tsx --conditions=@cantrip/source main.ts
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { arrayDataset, foldPositions } from '@cantrip/data';
import { encode, learnEncoding, readCsv, type Table } from '@cantrip/data/tables';
import { cosine, lrSchedule } from '@cantrip/lr-schedules';
import { meanAbsoluteError, meter, r2 } from '@cantrip/metrics';
import { adamw } from '@cantrip/optimizers';
import { seed } from '@cantrip/seed';
import { createTrainer, meanSquaredError } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';

const { values: options } = parseArgs({
  options: {
    epochs: { type: 'string', default: '60' },
    seeds: { type: 'string', default: '5' },
    json: { type: 'string' },
  },
});
const [epochs, seeds] = [Number(options.epochs), Number(options.seeds)];
const target = 'progression';

/** R2, and the mean absolute error in the units of the data. */
interface Figures {
  readonly r2: number;
  readonly meanAbsoluteError: number;
}

/** Trains on one part of the table and measures on the other. */
async function trainAndTest(train: Table, test: Table, value: number): Promise<Figures> {
  const features = Object.keys(train.columns).filter((name) => name !== target);
  const encoding = learnEncoding(train, {
    inputs: Object.fromEntries(features.map((name) => [name, 'standardize'])),
    targets: target,
  });
  const [known, asked] = [encode(train, encoding), encode(test, encoding)];

  // The targets are standardised too, so that the first errors are not of the size of the mean.
  const { mean, deviation } = meanAndDeviation(known.targets.values);
  const targets = {
    values: Float32Array.from(known.targets.values, (one) => (one - mean) / deviation),
    shape: known.targets.shape,
  };
  const trainer = createTrainer({
    model: () =>
      sequential({
        layers: [
          layers.dense({ units: 32, activation: 'relu', inputShape: [features.length] }),
          layers.dense({ units: 1 }),
        ],
      }),
    optimizer: adamw({ learningRate: 0.003, weightDecay: 0.1 }),
    loss: meanSquaredError(),
    plugins: [seed({ value }), lrSchedule(cosine({ value: 0.003, steps: '100%' }))],
    log: (message) => process.stderr.write(`${message}\n`),
    reporter: false,
  });
  await trainer.fit(arrayDataset({ inputs: known.inputs, targets, batchSize: 32, shuffle: true }), {
    epochs,
  });

  const inputs = tf.tensor(asked.inputs.values, asked.inputs.shape);
  const outputs = (await trainer.predict(inputs)) as tf.Tensor;
  const predicted = tf.tidy(() => tf.add(tf.mul(outputs, deviation), mean));
  const wanted = tf.tensor(asked.targets.values, asked.targets.shape);
  const [explained, error] = [meter(r2()), meter(meanAbsoluteError())];
  await explained.add(wanted, predicted);
  await error.add(wanted, predicted);
  tf.dispose([inputs, outputs, predicted, wanted]);
  trainer.dispose();
  return { r2: explained.result() as number, meanAbsoluteError: error.result() as number };
}

function meanAndDeviation(values: ArrayLike<number>): { mean: number; deviation: number } {
  const all = Array.from(values);
  const mean = all.reduce((sum, one) => sum + one, 0) / all.length;
  return { mean, deviation: Math.sqrt(all.reduce((sum, one) => sum + (one - mean) ** 2, 0) / all.length) };
}

const table = await readCsv(fileURLToPath(new URL('diabetes.csv', import.meta.url)));
const folds = foldPositions(table.rows, { folds: 5, seed: 1 }).map((fold) => [...fold]);
const runs: (Figures & { fold: number; seed: number })[] = [];
for (const [fold, held] of folds.entries()) {
  const rest = folds.flatMap((positions, other) => (other === fold ? [] : positions)).sort((a, b) => a - b);
  for (let value = 1; value <= seeds; value++) {
    const figures = await trainAndTest(table.select(rest), table.select(held), value);
    runs.push({ fold, seed: value, ...figures });
    console.log(
      `fold ${fold + 1}, seed ${value}: R2 ${figures.r2.toFixed(3)}, mean absolute error ${figures.meanAbsoluteError.toFixed(1)}`,
    );
  }
}
const meanOf = (name: keyof Figures): number => meanAndDeviation(runs.map((run) => run[name])).mean;
const means = { r2: meanOf('r2'), meanAbsoluteError: meanOf('meanAbsoluteError') };
console.log(`mean: R2 ${means.r2.toFixed(3)}, mean absolute error ${means.meanAbsoluteError.toFixed(1)}`);
if (options.json) writeFileSync(options.json, `${JSON.stringify({ epochs, means, runs, folds })}\n`);
