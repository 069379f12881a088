// Trains a small transformer to write like a text, character by character: npx tsx --conditions=@cantrip/source main.ts
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { arrayDataset, type Dataset } from '@cantrip/data';
import { cosine, lrSchedule, warmup } from '@cantrip/lr-schedules';
import { adamw, clip, noDecayOnBiasesAndNorms } from '@cantrip/optimizers';
import { seed } from '@cantrip/seed';
import { createTrainer, type Plugin, softmaxCrossEntropy, type Trainer } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { decoder } from './decoder.ts';

const { values: options } = parseArgs({
  options: {
    steps: { type: 'string', default: '300' },
    minutes: { type: 'string' },
    seeds: { type: 'string', default: '3' },
    json: { type: 'string' },
  },
});
const steps = Number(options.steps);
const [time, batchSize, peak] = [64, 32, 0.002];
const rise = { steps: '10%', convention: 'inside', initialValue: peak / 100 } as const;

// Each line is a verse, e.g. `Ge1:1 In the beginning …`.
const text = readFileSync(new URL('kjv.txt', import.meta.url), 'utf8')
  .trimEnd()
  .replaceAll(/^\S+ /gm, '');
const alphabet = [...new Set(text)].sort();
const codes = Int32Array.from(text, (character) => alphabet.indexOf(character));

/**
 * Pieces of the text; the targets are one character later. Every 20th piece is for the test. A batch has pieces from
 * everywhere, because it steps through the text by a prime number. reference.py makes the same batches.
 */
function dataset(part: 'train' | 'test'): Dataset {
  const whole = Math.floor((codes.length - 1) / time);
  const order = Array.from({ length: whole }, (_, at) => (at * 7919) % whole);
  const chosen = order.filter((piece) => (piece % 20 === 0) === (part === 'test'));
  const cut = (shift: number): { values: Int32Array; shape: number[] } => ({
    values: Int32Array.from({ length: chosen.length * time }, (_, at) => {
      return codes[chosen[Math.floor(at / time)]! * time + (at % time) + shift]!;
    }),
    shape: [chosen.length, time],
  });
  return arrayDataset({
    inputs: cut(0),
    targets: cut(1),
    classes: alphabet.length,
    batchSize,
    dropLast: part === 'train',
  });
}

/** Lets the model go on with a beginning at each epoch's end and at the end of the run. */
function sampling(beginning: string, length: number, trainer: () => Trainer): Plugin {
  const write = async (draw: () => number): Promise<string> => {
    let written = beginning;
    while (written.length < beginning.length + length) {
      const seen = Array.from(written.slice(-time), (character) => alphabet.indexOf(character));
      const padded = [...seen, ...new Array<number>(time - seen.length).fill(0)];
      const logits = (await trainer().predict(tf.tensor2d([padded], [1, time], 'int32'))) as tf.Tensor3D;
      const chances = tf.tidy(() => tf.softmax(tf.gather(tf.squeeze(logits, [0]), seen.length - 1)));
      let left = draw();
      const next = (await chances.data()).findIndex((chance) => (left -= chance) < 0);
      tf.dispose([logits, chances]);
      written += alphabet[Math.max(next, 0)]!;
    }
    return written.replaceAll('\n', ' / ');
  };
  return {
    name: 'sampling',
    onEpochEnd: async ({ run, random }) => run.log(await write(() => random('sampling').uniform())),
    onTrainEnd: async ({ run, random }) => run.log(await write(() => random('sampling').uniform())),
  };
}

const runs: { seed: number; steps: number; seconds: number; bitsPerCharacter: number }[] = [];
for (let value = 1; value <= Number(options.seeds); value++) {
  const trainer: Trainer = createTrainer({
    model: () => decoder(alphabet.length, time),
    optimizer: clip(adamw({ learningRate: peak, weightDecay: 0.1, groups: [noDecayOnBiasesAndNorms] }), {
      globalNorm: 1,
    }),
    loss: softmaxCrossEntropy(),
    plugins: [
      seed({ value }),
      lrSchedule(warmup(cosine({ value: peak, steps: '100%' }), rise)),
      sampling('In the ', 100, () => trainer),
    ],
  });
  const signal =
    options.minutes === undefined ? undefined : AbortSignal.timeout(Number(options.minutes) * 60_000);
  const begun = performance.now();
  await trainer.fit(dataset('train'), { steps, ...(signal && { signal }) });
  const seconds = Math.round((performance.now() - begun) / 1000);
  const { loss = NaN } = await trainer.evaluate(dataset('test'));
  const { step } = trainer.position();
  runs.push({ seed: value, steps: step, seconds, bitsPerCharacter: loss / Math.LN2 });
  console.log(`seed ${value}, ${step} steps: ${(loss / Math.LN2).toFixed(3)} bits per character`);
  const { run } = await trainer.open();
  trainer.dispose();
  tf.dispose(run.variables); // the model stays, and the next one has variables of the same names
}
if (options.json)
  writeFileSync(options.json, `${JSON.stringify({ characters: codes.length, steps, runs }, undefined, 2)}\n`);
