import type { BatchSource } from '@cantrip/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { datasetOf, preparedBatches, trainerOf } from './cantrip-trainer.ts';
import { product, readGiven, versionsOn } from './given.ts';
import { serve, type Served } from './serve.ts';

async function start(): Promise<Served> {
  const given = readGiven();
  await turnOff(process.env['CANTRIP_BENCH_FLAGS_OFF']?.split(',') ?? []);
  const trainer = trainerOf(given);
  const { device } = await trainer.open();
  const prepared = preparedBatches(given);
  const dataset = datasetOf(given);
  let epochs = 0;
  const fit = async (source: BatchSource): Promise<number> => {
    const history = await trainer.fit(source, { epochs: ++epochs });
    return history.epochs.at(-1)!['loss']!;
  };
  return {
    versions: versionsOn(device),
    train: (batches) => fit(prepared(batches)),
    epoch: async () => void (await fit(dataset)),
    product: product(),
  };
}

/** Flags of TensorFlow.js's wasm backend, which registers them. */
async function turnOff(flags: readonly string[]): Promise<void> {
  if (flags.length > 0) await import('@tensorflow/tfjs-backend-wasm');
  for (const flag of flags) tf.env().set(flag, false);
}

await serve(start);
