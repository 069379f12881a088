import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { expectClose, presentDevices } from '@cantrip/testing';
import { describe, expect, it } from 'vitest';
import { type Layer, ones, outputsOf, passing, size, watched } from '../watched-trainer.ts';

const [device] = await presentDevices(['tensorflow']);
const times = 3;
const shape = [times, size];

/** Gives its input as it is at each time, where nothing is dropped. */
const plain = {
  units: size,
  kernelInitializer: 'identity',
  recurrentInitializer: 'zeros',
  activation: 'linear',
  useBias: false,
  returnSequences: true,
} as const;
const modelOf = (layer: Layer): tfl.LayersModel =>
  tfl.sequential({ layers: [tfl.layers.inputLayer({ inputShape: shape }), layer, passing()] });
/** Of random weights, the same in each run. */
const gated = {
  units: size,
  recurrentInitializer: 'glorotUniform',
  returnSequences: true,
  dropout: 0.25,
  recurrentDropout: 0.25,
} as const;
const masked = { ...plain, dropout: 0.5 };

describe('the masks of a recurrent layer', () => {
  const rnn = (): tfl.LayersModel => modelOf(tfl.layers.simpleRNN(masked));

  it('are the same at each time of a sequence, and others in each step', async () => {
    const outputs = await outputsOf({ model: rnn }, { shape });
    for (const step of outputs) {
      const sequence = [0, 1, 2].map((time) => String(step.slice(time * size, (time + 1) * size)));
      expect(new Set(sequence).size).toBe(1);
    }
    expect(new Set(outputs.flat())).toEqual(new Set([0, 2]));
    expect(new Set(outputs.map(String)).size).toBe(3);
  });

  it('are the same in a second run, wherever the counting of automatic names stands', async () => {
    const both = (): tfl.LayersModel =>
      modelOf(
        tfl.layers.bidirectional({
          layer: tfl.layers.simpleRNN({ ...masked, recurrentDropout: 0.5 }) as tfl.RNN,
          mergeMode: 'sum',
        }),
      );
    for (const model of [rnn, both]) {
      const outputs = await outputsOf({ model }, { shape });
      expect(await outputsOf({ model }, { shape })).toEqual(outputs);
    }
    expect(new Set((await outputsOf({ model: both }, { shape })).flat())).toEqual(new Set([0, 2, 4]));
  });

  it('change from step to step in a stack of cells too, whose masks tfjs-layers never draws anew', async () => {
    const cell = (): tfl.layers.RNNCell => tfl.layers.simpleRNNCell(masked);
    const stack = (): tfl.LayersModel =>
      modelOf(tfl.layers.rnn({ cell: [cell(), cell()], returnSequences: true }) as Layer);
    const outputs = await outputsOf({ model: stack }, { shape, steps: 4 });
    expect(new Set(outputs.map(String)).size).toBe(4);
    expect(new Set(outputs.flat())).toEqual(new Set([0, 4]));
  });

  it('leave no tensor behind, and no function of ours in the cell', async () => {
    const layer = tfl.layers.simpleRNN({ ...masked, recurrentDropout: 0.5 });
    const { cell } = layer as unknown as { cell: Record<string, unknown> };
    const counts: number[] = [];
    const plugins = [{ name: 'count', onStepEnd: () => void counts.push(tf.memory().numTensors) }];
    const { trainer } = watched({ model: () => modelOf(layer), plugins });
    await trainer.fit(ones(4, shape), { epochs: 1 });
    expect(new Set(counts.slice(1)).size).toBe(1);
    expect([cell['dropoutMask'], cell['recurrentDropoutMask'], cell['dropoutFunc']]).toEqual([
      null,
      null,
      undefined,
    ]);
  });

  it('come from the function of the user where there is one', async () => {
    const model = (): tfl.LayersModel =>
      modelOf(tfl.layers.simpleRNN({ ...masked, dropoutFunc: (x: tf.Tensor) => tf.mul(x, 3) } as never));
    expect(new Set((await outputsOf({ model }, { shape })).flat())).toEqual(new Set([3]));
  });

  it.skipIf(!device).each([
    ['simpleRNN', () => tfl.layers.simpleRNN({ ...masked, recurrentDropout: 0.5 })],
    ['gru', () => tfl.layers.gru(gated)],
    ['lstm', () => tfl.layers.lstm(gated)],
  ])('are the same captured and op by op: %s', async (_name, layer) => {
    const run = (capture: boolean): Promise<number[][]> =>
      outputsOf({ model: () => modelOf(layer()), device: 'tensorflow', capture }, { shape });
    const captured = await run(true);
    expectClose(captured.flat(), (await run(false)).flat(), { absolute: 1e-6 });
    expect(new Set(captured.map(String)).size).toBe(3);
  });
});
