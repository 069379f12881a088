/**
 * How long a training step of ResNet-8 takes with its batch normalisations frozen, as a ratio to the step without it, in
 * turns within one process; and with them frozen in other forms than the plugin's. Writes results/freeze-bn-times.json.
 *
 *     npx tsx --conditions=@cantrip/source tools/benchmarks/programs/freeze-bn-times.ts [rounds]
 */
import { availableParallelism } from 'node:os';
import { openDevice } from '@cantrip/core-tensor-gpu';
import { randomImages, resnetTrainer, type Setting, ways } from '../tricks/freeze-bn-ways.ts';
import { benchDevice } from '../measuring/bench-device.ts';
import { inTurns, writeResult } from '../measuring/measure.ts';

const STEPS = 10;
const BATCH = 64;
const rounds = Number(process.argv[2] ?? 9);

/** Trains one more epoch at each call; gives the milliseconds of a step. */
function epochs(name: string, setting: Setting): () => Promise<number> {
  let epoch = 0;
  const trainer = resnetTrainer(ways[name]!, setting);
  const data = randomImages(STEPS, BATCH);
  return async () => {
    const begin = performance.now();
    await trainer.fit(data, { epochs: ++epoch });
    return (performance.now() - begin) / STEPS;
  };
}

async function compare(setting: Setting): Promise<object> {
  const { version } = (await openDevice(setting.device)).describe();
  const medians = await inTurns(
    Object.fromEntries(Object.keys(ways).map((name) => [name, epochs(name, setting)])),
    rounds,
  );
  const ratios = Object.entries(medians).map(([name, time]) => [
    name,
    Number((time / medians['unfrozen']!).toFixed(2)),
  ]);
  return { ...setting, version, ratios: Object.fromEntries(ratios) as object };
}

const { hardware } = (await openDevice(benchDevice)).describe();
writeResult('freeze-bn-times', {
  date: new Date().toISOString().slice(0, 10),
  machine: { hardware, cores: availableParallelism(), node: process.version },
  what: `median step time of ResNet-8 / unfrozen, batch ${BATCH}, ${rounds} rounds of ${STEPS} steps in turns`,
  cases: [
    await compare({ device: benchDevice, capture: true }),
    await compare({ device: benchDevice, capture: false }),
    ...(benchDevice === 'tensorflow' ? [await compare({ device: 'wasm', capture: false })] : []),
  ],
});
