/**
 * What each trick adds to a training step, as a ratio to the step without it: a small BN network on random images,
 * batch 64, the ways in turns within one process. Writes results/trick-costs.json.
 *
 *     npx tsx --conditions=@cantrip/source tools/benchmarks/trick-costs.ts [rounds]
 */
import { availableParallelism } from 'node:os';
import { openDevice } from '@cantrip/core-tensor-gpu';
import { arrayDataset, type Dataset } from '@cantrip/data';
import { batchNormFreezing } from '@cantrip/freeze-bn';
import { labelSmoothing } from '@cantrip/label-smoothing';
import { cosine, lrSchedule, warmup } from '@cantrip/lr-schedules';
import { sgd } from '@cantrip/optimizers';
import { seed } from '@cantrip/seed';
import { type AnyPlugin, createTrainer, softmaxCrossEntropy } from '@cantrip/trainer';
import { inTurns, writeResult } from './measure.ts';
import { digitCnn } from './small-resnet.ts';

const STEPS = 10;
const BATCH = 64;
const rounds = Number(process.argv[2] ?? 9);

const tricks: Readonly<Record<string, readonly AnyPlugin[]>> = {
  none: [],
  'freeze-bn': [batchNormFreezing()],
  'freeze-bn, affine trained': [batchNormFreezing({ affine: 'train' })],
  seed: [seed({ value: 1 })],
  'lr-schedules': [
    lrSchedule(warmup(cosine({ value: 0.01, steps: '100%' }), { steps: 20 }), { newHorizon: 'stretch' }),
  ],
  'label-smoothing': [labelSmoothing()],
};

function randomImages(): Dataset {
  const count = STEPS * BATCH;
  return arrayDataset({
    inputs: { values: Float32Array.from({ length: count * 784 }, Math.random), shape: [count, 28, 28, 1] },
    targets: { values: Int32Array.from({ length: count }, (_, i) => i % 10), shape: [count] },
    batchSize: BATCH,
  });
}

/** Trains one more epoch at each call; gives the milliseconds of a step. */
function epochs(
  device: 'tensorflow' | 'wasm',
  plugins: readonly AnyPlugin[],
  data: Dataset,
): () => Promise<number> {
  let epoch = 0;
  const trainer = createTrainer({
    device,
    model: digitCnn,
    optimizer: sgd({ learningRate: 0.01, momentum: 0.9 }),
    loss: softmaxCrossEntropy(),
    plugins,
  });
  return async () => {
    const begin = performance.now();
    await trainer.fit(data, { epochs: ++epoch });
    return (performance.now() - begin) / STEPS;
  };
}

async function compare(name: 'tensorflow' | 'wasm'): Promise<object> {
  const { version } = (await openDevice(name)).describe();
  const data = randomImages();
  const ways = Object.entries(tricks).map(
    ([trick, plugins]) => [trick, epochs(name, plugins, data)] as const,
  );
  const medians = await inTurns(Object.fromEntries(ways), rounds);
  const ratios = Object.entries(medians).map(([trick, time]) => [
    trick,
    Number((time / medians['none']!).toFixed(2)),
  ]);
  return { version, ratios: Object.fromEntries(ratios) as object };
}

const { hardware } = (await openDevice('tensorflow')).describe();
writeResult('trick-costs', {
  date: new Date().toISOString().slice(0, 10),
  machine: { hardware, cores: availableParallelism(), node: process.version },
  what: `median step time with the trick / without, batch ${BATCH}, ${rounds} rounds of ${STEPS} eager steps in turns`,
  tensorflow: await compare('tensorflow'),
  wasm: await compare('wasm'),
});
