/**
 * How much memory a training step of ResNet-8 needs with its batch normalisations frozen or not. Writes
 * results/freeze-bn-memory.json. Each way trains in processes of its own.
 *
 * - `captured`: by how much the peak of the resident set, or of the card's memory, grows over captured steps, the median of
 *   some processes;
 * - `eager`: the most bytes of tensors that exist at a time in a step op by op, as TensorFlow.js counts them.
 *
 *     npx tsx --conditions=@cantrip/source tools/benchmarks/programs/freeze-bn-memory.ts [processes]
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { openDevice } from '@cantrip/core-tensor-gpu';
import * as tf from '@tensorflow/tfjs-core';
import { randomImages, resnetTrainer, ways } from '../tricks/freeze-bn-ways.ts';
import { benchDevice } from '../measuring/bench-device.ts';
import { cardMemory } from '../measuring/card-memory.ts';
import { median, writeResult } from '../measuring/measure.ts';

const BATCH = 256;
const STEPS = 5;
const MEBIBYTE = 2 ** 20;

/** The highest resident set of this process so far, in bytes; on a card what it holds there, which only grows. */
function peak(): number {
  if (benchDevice === 'cuda') return MEBIBYTE * (cardMemory() ?? Number.NaN);
  return 1024 * Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))![1]);
}

async function capturedGrowth(name: string): Promise<number> {
  const trainer = resnetTrainer(ways[name]!, { device: benchDevice, capture: true });
  await trainer.open();
  const before = peak();
  await trainer.fit(randomImages(STEPS, BATCH), { epochs: 1 });
  return peak() - before;
}

async function eagerPeak(name: string): Promise<number> {
  const trainer = resnetTrainer(ways[name]!, { device: benchDevice, capture: false });
  await trainer.fit(randomImages(1, BATCH), { epochs: 1 });
  const before = tf.memory().numBytes;
  const { peakBytes } = await tf.profile(async () => {
    await trainer.fit(randomImages(1, BATCH), { epochs: 2 });
    return tf.scalar(0);
  });
  return peakBytes - before;
}

const measures = { captured: capturedGrowth, eager: eagerPeak };
type Measure = keyof typeof measures;

function inProcess(measure: Measure, name: string): number {
  const self = fileURLToPath(import.meta.url);
  const args = ['--conditions=@cantrip/source', '--import', 'tsx', self, measure, name];
  return Number(
    /bytes (\d+)/.exec(
      execFileSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
    )![1],
  );
}

function compare(measure: Measure, processes: number): object {
  const bytes = Object.keys(ways).map((name) => [
    name,
    median(Array.from({ length: processes }, () => inProcess(measure, name))),
  ]) as [string, number][];
  const unfrozen = bytes[0]![1];
  return Object.fromEntries(
    bytes.map(([name, value]) => [
      name,
      { mebibytes: Math.round(value / MEBIBYTE), ratio: Number((value / unfrozen).toFixed(2)) },
    ]),
  );
}

const [first = '3', way] = process.argv.slice(2);
if (way === undefined) {
  const { hardware, version } = (await openDevice(benchDevice)).describe();
  writeResult('freeze-bn-memory', {
    date: new Date().toISOString().slice(0, 10),
    machine: { hardware, cores: availableParallelism(), node: process.version },
    version,
    what: `memory of a training step of ResNet-8 at batch ${BATCH}, in MiB and as a ratio to unfrozen; median of ${first} processes`,
    captured: compare('captured', Number(first)),
    eager: compare('eager', 1),
  });
} else {
  process.stdout.write(`bytes ${await measures[first as Measure](way)}\n`);
}
