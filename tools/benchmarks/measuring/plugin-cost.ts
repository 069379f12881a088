import { sgd } from '@cantrip/optimizers';
import {
  accuracy,
  createTrainer,
  type PluginList,
  softmaxCrossEntropy,
  type Trainer,
} from '@cantrip/trainer';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { timesInTurns } from './measure.ts';
import { ratioSpread, roundedSpread, type Spread, spreadOf } from './spread.ts';

const STEPS = 500;
const BATCH = 64;
const INPUTS = 784;
const UNITS = 512;

/** What is trained: a step takes some 2 ms on two cores. */
const model = () =>
  sequential({
    layers: [
      layers.dense({ units: UNITS, activation: 'relu', inputShape: [INPUTS] }),
      layers.dense({ units: UNITS, activation: 'relu' }),
      layers.dense({ units: 10 }),
    ],
  });

export interface PluginCosts {
  readonly what: string;
  /** Of a step without plugins, in milliseconds. */
  readonly step: Spread;
  /** The time of an epoch with the plugin, divided by that of the epoch without plugins of the same round. */
  readonly ratios: Readonly<Record<string, Spread>>;
}

/**
 * Times epochs with each of these lists of plugins, in turns with epochs without plugins. A second row without plugins says how much
 * two equal runs differ.
 */
export async function pluginCosts(
  lists: Readonly<Record<string, PluginList>>,
  rounds: number,
): Promise<PluginCosts> {
  const ways = { without: [], 'without, again': [], ...lists };
  const turns = Object.entries(ways).map(([name, plugins]) => [name, turnOf(plugins)] as const);
  const times = await timesInTurns(
    Object.fromEntries(turns.map(([name, { epoch }]) => [name, epoch])),
    rounds,
  );
  for (const [, { trainer }] of turns) trainer.dispose();
  const without = times['without']!;
  return {
    what: `an epoch of ${STEPS} captured steps of a dense network ${INPUTS}-${UNITS}-${UNITS}-10 at batch ${BATCH} with SGD, with the plugin, divided by the epoch without plugins of the same round: median and quartiles of ${rounds} rounds in turns`,
    step: roundedSpread(spreadOf(without.map((milliseconds) => milliseconds / STEPS))),
    ratios: Object.fromEntries(
      turns.slice(1).map(([name]) => [name, roundedSpread(ratioSpread(times[name]!, without), 4)]),
    ),
  };
}

interface Turn {
  readonly trainer: Trainer;
  /** Trains one more epoch; gives its milliseconds. */
  epoch(): Promise<number>;
}

function turnOf(plugins: PluginList): Turn {
  const trainer = createTrainer({
    device: 'tensorflow',
    model,
    optimizer: sgd({ learningRate: 1e-4 }),
    loss: softmaxCrossEntropy(),
    metrics: [accuracy()],
    plugins,
    checkLossEvery: 100,
    log: () => undefined,
  });
  const inputs = {
    values: Float32Array.from({ length: BATCH * INPUTS }, (_, at) => (at % 17) / 17),
    shape: [BATCH, INPUTS],
  };
  const targets = { values: Int32Array.from({ length: BATCH }, (_, at) => at % 10), shape: [BATCH] };
  const data = {
    batchesPerEpoch: STEPS,
    *batches({ start }: { readonly start: number }) {
      for (let batch = start; batch < STEPS; batch++) yield { inputs, targets, size: BATCH };
    },
  };
  let epochs = 0;
  return {
    trainer,
    async epoch() {
      const begin = performance.now();
      await trainer.fit(data, { epochs: ++epochs });
      return performance.now() - begin;
    },
  };
}
