import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import { adam } from '@cantrip/optimizers';
import { presentWays, type Way } from '@cantrip/testing';
import {
  type AnyPlugin,
  type BatchSource,
  meanSquaredError,
  type ModelFunction,
  type Plugin,
  type SavedTensors,
  type Snapshot,
  type Trainer,
} from '@cantrip/trainer';
import { describe, expect, it } from 'vitest';
import { averagedWeights } from '../averaged-weights.ts';

const width = 128;

/** Wide enough for a captured step to run off the event loop, so that timers fire while it is under way. */
function wideModel(): ModelFunction {
  const layers = Array.from({ length: 6 }, () => tf.variable(tf.randomUniform([width, width], -0.1, 0.1)));
  return (inputs) =>
    layers.reduce<tf.Tensor>((x, layer) => tf.tanh(tf.matMul(x, layer)), inputs as tf.Tensor);
}

/** Epochs of `stepsPerEpoch` different batches. */
const waves = (stepsPerEpoch: number): BatchSource => ({
  stepsPerEpoch,
  *batches({ epoch, start }) {
    for (let batch = start; batch < stepsPerEpoch; batch++) {
      const values = Float32Array.from({ length: width * width }, (_, i) =>
        Math.sin(i * (batch + 1) + epoch),
      );
      const matrix = { values, shape: [width, width] };
      yield { inputs: matrix, targets: matrix, size: width };
    }
  },
});

/** Keeps state that it changes when it has waited for a while: until then it is behind the weights. */
const slowCounter: Plugin<{ seen: number }> = {
  name: 'slow-counter',
  state: () => ({ seen: 0 }),
  async onStepEnd({ state }) {
    await setTimeout(1);
    state.seen += 1;
  },
  onEpochEnd: async ({ state }) => {
    await setTimeout(1);
    state.seen += 1000;
  },
};

/** All that a snapshot holds, in one short text. */
function fingerprint({ variables, slots, plugins, position, totals, seed }: Snapshot): string {
  const hash = createHash('sha1').update(JSON.stringify([position, totals, seed]));
  const add = (tensors: SavedTensors): void => {
    for (const [name, { values }] of Object.entries(tensors)) hash.update(name).update(values);
  };
  [variables, slots].forEach(add);
  for (const { state, variables: own } of Object.values(plugins)) {
    add(own);
    hash.update(JSON.stringify(state));
  }
  return `step ${position.step}: ${hash.digest('hex')}`;
}

interface Watched {
  readonly trainer: Trainer;
  /** What the run was after each step. */
  readonly after: Map<number, string>;
  /** Ends a fit after so many steps. */
  stopAfter: number;
}

function watched({ tinyTrainer }: Way): Watched {
  const probe: Plugin = {
    name: 'probe',
    async onStepEnd({ run, step }) {
      own.after.set(step, fingerprint(await own.trainer.save()));
      if (step >= own.stopAfter) run.stop('far enough');
    },
  };
  const averaged = averagedWeights('host');
  const plugins = [averaged, slowCounter as AnyPlugin, probe];
  const own: Watched = {
    after: new Map(),
    stopAfter: Infinity,
    trainer: tinyTrainer(plugins, {
      model: wideModel,
      optimizer: adam({ learningRate: 0.001 }),
      loss: meanSquaredError(),
      metrics: [],
    }),
  };
  return own;
}

/** The pure JavaScript device takes too long for these steps. */
const ways = (await presentWays()).filter(({ options }) => options.device !== 'cpu');

describe.each(ways)('save called by a timer during fit, $name,', (way) => {
  const length = way.options.device === 'wasm' ? 60 : 350;
  const data = waves(length / 5);
  const options = { epochs: 5, validation: waves(2) };

  it(
    'gives snapshots of one step, each of which goes on to the same bits',
    { timeout: 180_000 },
    async () => {
      const whole = watched(way);
      await whole.trainer.fit(data, options);
      const timed = watched(way);
      const saves: Promise<Snapshot>[] = [];
      await timed.trainer.open();
      const timer = setInterval(() => void saves.push(timed.trainer.save(), timed.trainer.save()), 2);
      await timed.trainer.fit(data, options);
      clearInterval(timer);
      expect(timed.after).toEqual(whole.after);
      const snapshots = (await Promise.all(saves)).slice(0, 300);
      if (way.options.device === 'tensorflow') expect(snapshots).toHaveLength(300);
      const resumed = watched(way);
      for (const snapshot of snapshots) {
        const { step } = snapshot.position;
        resumed.after.clear();
        resumed.stopAfter = step + 2;
        await resumed.trainer.restore(snapshot);
        await resumed.trainer.fit(data, options);
        for (const [at, now] of resumed.after) expect(now).toBe(whole.after.get(at));
        expect(resumed.after.size).toBe(Math.min(2, length - step));
      }
      for (const { trainer } of [whole, timed, resumed]) trainer.dispose();
    },
  );
});
