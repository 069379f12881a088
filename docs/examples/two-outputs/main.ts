// Two answers from one network, a number and a class, with loss weights: npx tsx --conditions=@cantrip/source main.ts
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { arrayDataset, type Dataset, splitPositions } from '@cantrip/data';
import { encode, learnEncoding, readCsv, type Table } from '@cantrip/data/tables';
import { r2, rocAuc } from '@cantrip/metrics';
import { adamw } from '@cantrip/optimizers';
import { seed } from '@cantrip/seed';
import { binaryAccuracy, createTrainer, meanSquaredError, sigmoidCrossEntropy } from '@cantrip/trainer';
import { input, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';

const { values: options } = parseArgs({
  options: {
    epochs: { type: 'string', default: '60' },
    seeds: { type: 'string', default: '5' },
    json: { type: 'string' },
  },
});
const target = 'progression';
const table = await readCsv(fileURLToPath(new URL('../table-regression/diabetes.csv', import.meta.url)));
const [trainRows, testRows] = splitPositions(table.rows, { first: 0.75, seed: 1 });
const known = table.select(trainRows);
const features = Object.keys(table.columns).filter((name) => name !== target);
const encoding = learnEncoding(known, {
  inputs: Object.fromEntries(features.map((name) => [name, 'standardize'])),
  targets: target,
});
const values = [...encode(known, encoding).targets.values];
const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
const deviation = Math.sqrt(values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / values.length);

/** The targets have the names of the outputs: the measure, standardised, and whether it is above the mean. */
function dataset(part: Table, shuffle: boolean): Dataset {
  const { inputs, targets } = encode(part, encoding);
  const { shape } = targets;
  return arrayDataset({
    inputs,
    targets: {
      measure: { values: Float32Array.from(targets.values, (one) => (one - mean) / deviation), shape },
      above: { values: Float32Array.from(targets.values, (one) => Number(one > mean)), shape },
    },
    batchSize: 32,
    shuffle,
  });
}

const [train, test] = [dataset(known, true), dataset(table.select(testRows), false)];
const weights = {
  'both alike': [1, 1],
  'mostly the measure': [1, 0.1],
  'mostly the class': [0.1, 1],
} as const;
const runs: { weights: string; seed: number; logs: Record<string, number> }[] = [];
for (const [name, [measure, above]] of Object.entries(weights)) {
  for (let value = 1; value <= Number(options.seeds); value++) {
    const trainer = createTrainer({
      model: () => {
        const inputs = input({ shape: [features.length] });
        const hidden = layers.dense({ units: 32, activation: 'relu' }).apply(inputs);
        const outputs = ['measure', 'above'].map(
          (output) => layers.dense({ units: 1, name: output }).apply(hidden) as SymbolicTensor,
        );
        return model({ inputs, outputs });
      },
      optimizer: adamw({ learningRate: 0.003, weightDecay: 0.1 }),
      loss: { measure: meanSquaredError(), above: sigmoidCrossEntropy() },
      lossWeights: { measure, above },
      metrics: { measure: [r2()], above: [binaryAccuracy(), rocAuc()] },
      plugins: [seed({ value })],
      reporter: false,
    });
    await trainer.fit(train, { epochs: Number(options.epochs) });
    const logs = { ...(await trainer.evaluate(test)) };
    runs.push({ weights: name, seed: value, logs });
    if (value === 1) console.log(name, logs);
    trainer.dispose();
  }
}
if (options.json)
  writeFileSync(options.json, `${JSON.stringify({ epochs: Number(options.epochs), runs })}\n`);
