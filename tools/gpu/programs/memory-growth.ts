/**
 * `memory-growth.ts DEVICE SMALL`: what the card and this process hold after some captured steps and after many, with
 * TensorFlow's memory growth, which takes of the card only what it needs.
 */
import { memoryUsage } from 'node:process';
import { cudnnTuning } from '@cantrip/cudnn-tuner';
import type { DeviceName } from '@cantrip/core-tensor-gpu';
import { sgd } from '@cantrip/optimizers';
import { createTrainer, softmaxCrossEntropy } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { cardMemory } from '../../benchmarks/measuring/card-memory.ts';
import { writeResult } from '../../benchmarks/measuring/measure.ts';
import { measuredHere } from '../../benchmarks/measuring/measured-here.ts';
import { cases, MOMENTUM } from '../../benchmarks/step/cases/cases.ts';
import { noiseFor } from './noise-batches.ts';

const [device = 'cuda', small] = process.argv.slice(2);
const one = cases.find(({ name }) => name === (small === 'true' ? 'mlp' : 'resnet20'))!;
const stages = small === 'true' ? [1, 2] : [100, 1000, 5000];
const trainer = createTrainer({
  device: device as DeviceName,
  model: one.model,
  optimizer: sgd({ learningRate: one.learningRate, momentum: MOMENTUM }),
  loss: softmaxCrossEntropy(),
  plugins: [cudnnTuning({ mode: 'benchmark', memoryGrowth: true })],
  checkLossEvery: 100,
  handleInterrupt: false,
  reporter: false,
  log: () => undefined,
});
const mebibytes = (bytes: number): number => Math.round(bytes / 2 ** 20);
const after: object[] = [];
for (const [epoch, end] of stages.entries()) {
  await trainer.fit(noiseFor(one, end - (stages[epoch - 1] ?? 0)), { epochs: epoch + 1 });
  after.push({
    steps: end,
    card: cardMemory(),
    process: mebibytes(memoryUsage.rss()),
    tensors: tf.memory().numTensors,
  });
}
const { version, hardware } = (await trainer.open()).device;
writeResult('memory-growth', {
  ...measuredHere(),
  version,
  hardware,
  what: 'MiB held by the card and by the process after so many captured steps, with memoryGrowth',
  after,
});
process.exit(0);
