import { sgd } from '@cantrip/optimizers';
import { accuracy, createTrainer, type PluginList, softmaxCrossEntropy } from '@cantrip/trainer';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { timesInTurns } from './measure.ts';
import { shareOfTime } from './share-of-time.ts';
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
  for (const [, turn] of turns) await turn.end();
  const without = times['without']!;
  return {
    what: `an epoch of ${STEPS} captured steps of a dense network ${INPUTS}-${UNITS}-${UNITS}-10 at batch ${BATCH} with SGD, with the plugin, divided by the epoch without plugins of the same round: median and quartiles of ${rounds} rounds in turns`,
    step: roundedSpread(spreadOf(without.map((milliseconds) => milliseconds / STEPS))),
    ratios: Object.fromEntries(
      turns.slice(1).map(([name]) => [name, roundedSpread(ratioSpread(times[name]!, without), 4)]),
    ),
  };
}

/** The share of the time of some epochs that code takes, see {@link shareOfTime}, with these plugins. */
export async function pluginShare(
  plugins: PluginList,
  epochs: number,
  isOf: Parameters<typeof shareOfTime>[1],
): Promise<number> {
  const turn = turnOf(plugins);
  await turn.epoch();
  const share = await shareOfTime(async () => {
    for (let epoch = 0; epoch < epochs; epoch++) await turn.epoch();
  }, isOf);
  await turn.end();
  return share;
}

interface Turn {
  /** Trains one more epoch; gives its milliseconds. */
  epoch(): Promise<number>;
  end(): Promise<void>;
}

/** One `fit` that waits before each epoch for its turn, so what a plugin does once in a run is not timed. */
function turnOf(plugins: PluginList): Turn {
  const gate = createGate();
  const trainer = createTrainer({
    device: 'tensorflow',
    model,
    optimizer: sgd({ learningRate: 1e-4 }),
    loss: softmaxCrossEntropy(),
    metrics: [accuracy()],
    plugins: [{ name: 'waits-for-its-turn', onEpochBegin: gate.pass }, plugins],
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
  const ending = new AbortController();
  let fitting: Promise<unknown> | undefined;
  return {
    async epoch() {
      fitting ??= trainer.fit(data, { epochs: 1_000_000, signal: ending.signal });
      await Promise.race([gate.reached(), fitting]);
      const begin = performance.now();
      gate.open();
      await Promise.race([gate.reached(), fitting]);
      return performance.now() - begin;
    },
    async end() {
      ending.abort();
      gate.open();
      await fitting;
      trainer.dispose();
    },
  };
}

interface Gate {
  /** Waits until the gate is opened once. */
  pass(): Promise<void>;
  /** When somebody waits. */
  reached(): Promise<void>;
  open(): void;
}

function createGate(): Gate {
  let [come, open] = [(): void => undefined, (): void => undefined];
  let reached = new Promise<void>((resolve) => (come = resolve));
  return {
    pass() {
      const opened = new Promise<void>((resolve) => (open = resolve));
      come();
      return opened;
    },
    reached: () => reached,
    open() {
      reached = new Promise<void>((resolve) => (come = resolve));
      open();
    },
  };
}
