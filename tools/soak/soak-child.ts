// Trains for a long time in one process, then opens and disposes many trainers, and prints what was left of each.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkpoint } from '@cantrip/checkpoint';
import { labelSmoothing } from '@cantrip/label-smoothing';
import { cosine, lrSchedule } from '@cantrip/lr-schedules';
import { adam } from '@cantrip/optimizers';
import { seed } from '@cantrip/seed';
import { tinyData } from '@cantrip/testing';
import { accuracy, createTrainer, softmaxCrossEntropy, type Trainer } from '@cantrip/trainer';
import { weightAveraging } from '@cantrip/weight-averaging';
import * as tf from '@tensorflow/tfjs-core';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import type { SoakOutcome, SoakPlan } from './soak.ts';

const plan = JSON.parse(process.argv[2]!) as SoakPlan;
const folder = mkdtempSync(join(tmpdir(), 'cantrip-soak-'));
const data = tinyData({ examples: 800, batch: 8 });
const stepsPerEpoch = 100;
let runs = 0;

const model = (): LayersModel =>
  sequential({
    layers: [
      layers.conv2d({ filters: 4, kernelSize: 3, useBias: false, inputShape: [6, 6, 1] }),
      layers.batchNormalization(),
      layers.activation({ activation: 'relu' }),
      layers.flatten(),
      layers.dropout({ rate: 0.25 }),
      layers.dense({ units: 3 }),
    ],
  });

const create = (every: number, plugins: Parameters<typeof createTrainer>[0]['plugins'] = []): Trainer =>
  createTrainer({
    device: plan.device,
    capture: plan.capture,
    model,
    optimizer: adam({ learningRate: 1e-3 }),
    loss: softmaxCrossEntropy(),
    metrics: [accuracy()],
    plugins: [
      seed({ value: 1 }),
      lrSchedule(cosine({ value: 1e-3, steps: '100%' })),
      labelSmoothing({ smoothing: 0.1 }),
      weightAveraging({ decay: 0.999 }),
      checkpoint({ folder: join(folder, String(runs++)), every, keep: 2 }),
      ...plugins,
    ],
    log: () => undefined,
  });

/** What the process holds now, after a collection of garbage. */
function now(): { readonly tensors: number; readonly megabytes: number } {
  globalThis.gc?.();
  return { tensors: tf.memory().numTensors, megabytes: process.memoryUsage.rss() / 2 ** 20 };
}

async function longRun(): Promise<SoakOutcome['samples']> {
  const samples: SoakOutcome['samples'][number][] = [];
  const sampling = {
    name: 'sampling',
    onEpochEnd: ({ step }: { readonly step: number }) => {
      if (step % plan.sampleEvery === 0) samples.push({ step, ...now() });
    },
  };
  const trainer = create(plan.sampleEvery, [sampling]);
  const { run } = await trainer.open();
  await trainer.fit(data, { epochs: plan.steps / stepsPerEpoch });
  trainer.dispose();
  (run.model as LayersModel).dispose();
  return samples;
}

async function oneTrainer(): Promise<void> {
  const trainer = create(1000);
  const { run } = await trainer.open();
  await trainer.fit(tinyData(), { epochs: 1 });
  trainer.dispose();
  // A model belongs to who trains it, so dispose leaves it.
  (run.model as LayersModel).dispose();
}

/** What keeps a process alive, but for requests that end by themselves. */
const handles = (): readonly string[] =>
  process.getActiveResourcesInfo().filter((kind) => kind !== 'Immediate' && !/Req/.test(kind));

await oneTrainer();
const before = { ...now(), handles: handles() };
const samples = await longRun();
const afterRun = now();
for (let i = 0; i < plan.trainers; i++) await oneTrainer();
const after = { ...now(), handles: handles() };
rmSync(folder, { recursive: true, force: true });
const outcome: SoakOutcome = { before, samples, afterRun, after };
process.stdout.write(`\n${JSON.stringify(outcome)}\n`);
