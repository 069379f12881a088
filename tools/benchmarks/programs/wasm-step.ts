/**
 * One training step on wasm with our kernels and with naive ones, in turns within one process, so that whatever else
 * the machine does meets both. Writes results/wasm-step.json.
 *
 *     npx tsx --conditions=@cantrip/source tools/benchmarks/programs/wasm-step.ts [rounds]
 */
import { availableParallelism } from 'node:os';
import { openDevice } from '@cantrip/core-tensor-gpu';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { median, writeResult } from '../measuring/measure.ts';
import { naiveFilterGradient } from '../wasm/naive-wasm-kernels.ts';
import { digitCnn, resnet8 } from '../models/small-resnet.ts';

interface Way {
  readonly kernels: readonly tf.KernelConfig[];
  /** Of batch normalisation, the one gradient that ours replaces. */
  readonly gradient: tf.GradConfig;
}

const rounds = Number(process.argv[2] ?? 7);
await import('@tensorflow/tfjs-backend-wasm');
const stock = tf.getKernelsForBackend('wasm');
const stockGradient = tf.getGradient(tf.FusedBatchNorm);
const device = await openDevice('wasm');
const ours: Way = { kernels: tf.getKernelsForBackend('wasm'), gradient: tf.getGradient(tf.FusedBatchNorm) };
const filterGradient = {
  kernelName: tf.Conv2DBackpropFilter,
  backendName: 'wasm',
  kernelFunc: naiveFilterGradient,
};
const naive: Way = { kernels: [...stock, filterGradient], gradient: stockGradient };

function use({ kernels, gradient }: Way): void {
  for (const { kernelName } of tf.getKernelsForBackend('wasm')) tf.unregisterKernel(kernelName, 'wasm');
  for (const kernel of kernels) tf.registerKernel(kernel);
  tf.unregisterGradient(tf.FusedBatchNorm);
  tf.registerGradient(gradient);
}

/** A step of SGD with momentum on random images; gives its milliseconds. */
function stepOf(model: LayersModel, batch: number): () => Promise<number> {
  const inputs = tf.randomNormal([batch, 28, 28, 1]);
  const targets = tf.cast(tf.oneHot(tf.randomUniform([batch], 0, 10, 'int32'), 10), 'float32');
  const optimizer = tf.train.momentum(0.01, 0.9);
  const loss = (): tf.Scalar =>
    tf.losses.softmaxCrossEntropy(targets, model.apply(inputs, { training: true }) as tf.Tensor);
  return async () => {
    const start = performance.now();
    const value = optimizer.minimize(loss, true);
    await value?.data();
    value?.dispose();
    return performance.now() - start;
  };
}

async function compare(model: LayersModel, batch: number): Promise<Record<string, number>> {
  const step = stepOf(model, batch);
  const times = { naive: [] as number[], ours: [] as number[] };
  for (let round = -1; round < rounds; round++) {
    for (const [name, way] of [
      ['naive', naive],
      ['ours', ours],
    ] as const) {
      use(way);
      const milliseconds = await step();
      if (round >= 0) times[name].push(milliseconds);
    }
  }
  const [naiveMs, oursMs] = [median(times.naive), median(times.ours)];
  return {
    batch,
    naiveMilliseconds: Math.round(naiveMs),
    milliseconds: Math.round(oursMs),
    ratio: Number((naiveMs / oursMs).toFixed(2)),
    imagesPerSecond: Math.round((batch * 1000) / oursMs),
  };
}

const { version, hardware, threads } = device.describe();
writeResult('wasm-step', {
  date: new Date().toISOString().slice(0, 10),
  machine: { hardware, cores: availableParallelism(), threads, node: process.version },
  versions: { backend: version, 'tfjs-core': tf.version_core },
  rounds,
  resnet8: await compare(resnet8(), 64),
  digitCnn: await compare(digitCnn(), 128),
});
