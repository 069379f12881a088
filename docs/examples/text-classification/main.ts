// Says which book a verse is from, with an embedding and buckets: npx tsx --conditions=@cantrip/source main.ts
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { type BucketedDataset, bucketedDataset, splitPositions } from '@cantrip/data';
import { f1 } from '@cantrip/metrics';
import { adamw } from '@cantrip/optimizers';
import { seed } from '@cantrip/seed';
import { accuracy, createTrainer, type ModelFunction, softmaxCrossEntropy } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';

const { values: options } = parseArgs({
  options: {
    epochs: { type: 'string', default: '5' },
    seeds: { type: 'string', default: '3' },
    json: { type: 'string' },
  },
});
const epochs = Number(options.epochs);
const width = 64;

// Each line is a verse, e.g. `Ge1:1 In the beginning …`.
const file = new URL('../char-transformer/kjv.txt', import.meta.url);
const verses = readFileSync(file, 'utf8').trimEnd().split('\n');
const books = verses.map((verse) => /^\D+/.exec(verse)![0]);
const names = [...new Set(books)];
const words = verses.map((verse) =>
  verse
    .slice(verse.indexOf(' '))
    .toLowerCase()
    .match(/[a-z]+/g)!,
);
const [train, test] = splitPositions(verses.length, { first: 0.8, seed: 1, stratify: books });

// 0 is padding, 1 a word that is rare in the training part.
const counts = new Map<string, number>();
for (const at of train) for (const word of words[at]!) counts.set(word, (counts.get(word) ?? 0) + 1);
const frequent = [...counts].filter(([, count]) => count > 1).map(([word]) => word);
const codes = new Map(frequent.map((word, at) => [word, at + 2]));
const vocabulary = codes.size + 2;

function dataset(positions: Uint32Array, shuffle: boolean): BucketedDataset {
  return bucketedDataset({
    inputs: [...positions].map((at) => {
      const values = Int32Array.from(words[at]!, (word) => codes.get(word) ?? 1);
      return { values, shape: [values.length] };
    }),
    targets: {
      values: Int32Array.from(positions, (at) => names.indexOf(books[at]!)),
      shape: [positions.length],
    },
    buckets: { count: 4 },
    batchSize: 32,
    mask: true,
    shuffle,
  });
}

/** The mean embedding of a verse's words, without the padding, and a linear layer. */
function meanOfWords(): ModelFunction {
  const embedding = tf.variable(tf.randomNormal([vocabulary, width], 0, 0.1), true, 'words/embedding');
  const kernel = tf.variable(tf.randomNormal([width, names.length], 0, 0.1), true, 'head/kernel');
  const bias = tf.variable(tf.zeros([names.length]), true, 'head/bias');
  return (given) => {
    const { inputs, mask } = given as { inputs: tf.Tensor2D; mask: tf.Tensor2D };
    const seen = tf.mul(tf.gather(embedding, inputs), tf.expandDims(mask, -1));
    const mean = tf.div(tf.sum(seen, 1), tf.sum(mask, 1, true)) as tf.Tensor2D;
    return tf.add(tf.matMul(mean, kernel as tf.Tensor2D), bias);
  };
}

const [known, asked] = [dataset(train, true), dataset(test, false)];
console.log(
  `${known.size} verses in ${known.signatures} shapes, ${(100 * known.padding).toFixed(1)} % padding`,
);
const runs: { seed: number; accuracy: number; f1: number; loss: number }[] = [];
for (let value = 1; value <= Number(options.seeds); value++) {
  const trainer = createTrainer({
    model: meanOfWords,
    optimizer: adamw({ learningRate: 0.005 }),
    loss: softmaxCrossEntropy(),
    metrics: [accuracy(), f1()],
    plugins: [seed({ value })],
  });
  await trainer.fit(known, { epochs });
  const { accuracy: right = NaN, f1: macro = NaN, loss = NaN } = await trainer.evaluate(asked);
  runs.push({ seed: value, accuracy: right, f1: macro, loss });
  console.log(`seed ${value}: accuracy ${right.toFixed(4)}, macro F1 ${macro.toFixed(4)}`);
  const { run } = await trainer.open();
  trainer.dispose();
  tf.dispose(run.variables); // the model stays, and the next one has variables of the same names
}
const split = { train: [...train], test: [...test] };
if (options.json) writeFileSync(options.json, `${JSON.stringify({ epochs, runs, split })}\n`);
