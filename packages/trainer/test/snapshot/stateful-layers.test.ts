import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { presentWays, type Way } from '@cantrip/testing';
import {
  type BatchSource,
  meanSquaredError,
  type Plugin,
  type Snapshot,
  type Trainer,
} from '@cantrip/trainer';
import { afterEach, describe, expect, it, vi } from 'vitest';

afterEach(() => void vi.restoreAllMocks());

const sequences: BatchSource = {
  batchesPerEpoch: 4,
  *batches({ epoch, start }) {
    for (let batch = start; batch < 4; batch++) {
      const values = Float32Array.from({ length: 12 }, (_, i) => Math.sin(i + 5 * batch + epoch));
      const targets = Float32Array.of(Math.cos(batch), 0.5);
      yield { inputs: { values, shape: [2, 3, 2] }, targets: { values: targets, shape: [2, 1] }, size: 2 };
    }
  },
};

const kinds = ['simpleRNN', 'lstm', 'gru', 'bidirectional', 'convLstm2d'] as const;
type Kind = (typeof kinds)[number];

function model(kind: Kind): tfl.LayersModel {
  const options = { units: 2, stateful: true };
  const first = { batchInputShape: [2, 3, 2] as [number, number, number] };
  if (kind === 'convLstm2d') {
    const images = tfl.layers.reshape({ targetShape: [3, 2, 1, 1], ...first });
    const convLstm = tfl.layers.convLstm2d({ filters: 2, kernelSize: 2, padding: 'same', stateful: true });
    return tfl.sequential({
      layers: [images, convLstm, tfl.layers.flatten(), tfl.layers.dense({ units: 1 })],
    });
  }
  const layer =
    kind === 'bidirectional'
      ? tfl.layers.bidirectional({ layer: tfl.layers.lstm(options) as never, mergeMode: 'concat', ...first })
      : tfl.layers[kind]({ ...options, ...first });
  return tfl.sequential({ layers: [layer, tfl.layers.dense({ units: 1 })] });
}

/** Keeps what the run was after each step. */
function watched({ tinyTrainer }: Way, kind: Kind): { trainer: Trainer; after: Map<number, Snapshot> } {
  const after = new Map<number, Snapshot>();
  const keep: Plugin = {
    name: 'keep',
    onStepEnd: async ({ step }) => void after.set(step, await trainer.save()),
  };
  const options = { model: () => model(kind), loss: meanSquaredError(), metrics: [] };
  const trainer: Trainer = tinyTrainer([keep], options);
  return { trainer, after };
}

/** Such a step is refused with `capture: true`. */
const ways = (await presentWays()).filter(({ captured }) => !captured);

describe.each(ways)('the states of recurrent layers, $name,', (way) => {
  it.each(kinds)(
    'of %s, are saved, and a run that is resumed in an epoch goes on to the same bits',
    async (kind) => {
      const whole = watched(way, kind);
      await whole.trainer.fit(sequences, { epochs: 2 });
      for (const step of [2, 4, 5]) {
        const resumed = watched(way, kind);
        await resumed.trainer.restore(whole.after.get(step)!);
        expect(await resumed.trainer.save()).toEqual(whole.after.get(step));
        await resumed.trainer.fit(sequences, { epochs: 2 });
        for (const [at, now] of resumed.after) expect(now).toEqual(whole.after.get(at));
        expect(resumed.after.size).toBe(8 - step);
      }
    },
  );

  it('are compared by name and shape, and a snapshot without them is refused', async () => {
    const { trainer } = watched(way, 'lstm');
    await trainer.fit(sequences, { epochs: 1 });
    const { layerStates, ...rest } = await trainer.save();
    expect(Object.keys(layerStates!)).toEqual(['lstm_1/state_1', 'lstm_1/state_2']);
    await expect(trainer.restore(rest)).rejects.toThrow(
      /has no lstm_1\/state_1 of the stateful layers.*\(STATE_MISMATCH\)$/,
    );
    const other = { dtype: 'float32', shape: [1, 2], values: new Float32Array(2) } as const;
    await expect(
      trainer.restore({ ...rest, layerStates: { ...layerStates, 'lstm_1/state_2': other } }),
    ).rejects.toThrow(/has lstm_1\/state_2 as float32 \[1, 2\].*\(STATE_MISMATCH\)$/);
    const before = tf.memory().numTensors;
    await trainer.restore({ ...rest, layerStates });
    expect(tf.memory().numTensors).toBe(before);
    trainer.dispose();
  });

  it('are restored all or none, with everything else, where a layer or a slot refuses its own', async () => {
    const { trainer } = watched(way, 'bidirectional');
    await trainer.fit(sequences, { epochs: 1 });
    const snapshot = await trainer.save();
    await trainer.fit(sequences, { epochs: 2 });
    const [before, { run }] = [await trainer.save(), await trainer.open()];
    const tensors = tf.memory().numTensors;
    const { forwardLayer, backwardLayer } = (run.model as tfl.LayersModel).layers[0] as unknown as Record<
      'forwardLayer' | 'backwardLayer',
      object
    >;
    for (const layer of [forwardLayer, backwardLayer]) {
      const { states_ } = layer as { states_: tf.Tensor[] };
      const set = vi.fn(() => {
        throw new Error('no room for this state');
      });
      Object.defineProperty(layer, 'states_', { get: () => states_, set, configurable: true });
      await expect(trainer.restore(snapshot)).rejects.toThrow('no room for this state');
      Object.defineProperty(layer, 'states_', { value: states_, writable: true, configurable: true });
      expect(await trainer.save()).toEqual(before);
      expect(tf.memory().numTensors).toBe(tensors);
    }
    const assign = tf.Variable.prototype.assign;
    const slots = Object.keys(snapshot.slots).length;
    expect(slots).toBeGreaterThan(0);
    const last = Object.keys(snapshot.variables).length + 1 + slots;
    let count = 0;
    vi.spyOn(tf.Variable.prototype, 'assign').mockImplementation(function (this: tf.Variable, value) {
      count += 1;
      if (count === last) throw new Error('no room for this slot');
      assign.call(this, value);
    });
    await expect(trainer.restore(snapshot)).rejects.toThrow('no room for this slot');
    vi.restoreAllMocks();
    expect(await trainer.save()).toEqual(before);
    expect(tf.memory().numTensors).toBe(tensors);
    trainer.dispose();
  });
});
