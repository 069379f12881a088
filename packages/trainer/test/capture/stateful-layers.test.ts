import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { sgd } from '@cantrip/optimizers';
import { presentDevices } from '@cantrip/testing';
import type { AnyPlugin } from '@cantrip/trainer';
import { describe, expect, it } from 'vitest';
import { adder, ones, type Ran, type Recurrent, watchedLosses } from './state-trainer.ts';

const [device] = await presentDevices(['tensorflow']);
const sequence = [1, 1, 1];
const input = { values: Float32Array.of(1), shape: sequence };

function train(layer: Recurrent, options: Parameters<typeof watchedLosses>[0] = {}): Ran {
  return watchedLosses({ model: () => tfl.sequential({ layers: [layer] }), ...options });
}

describe.skipIf(!device)('a stateful recurrent layer that adds up its inputs', () => {
  it.each(['auto', false] as const)('loses 1, 4, 9 and 16 with capture %s', async (capture) => {
    const { trainer, losses } = train(adder(), { capture });
    await trainer.fit(ones(4, sequence), { epochs: 1 });
    expect(losses).toEqual([1, 4, 9, 16]);
  });

  it('says by default once, and by name, why it goes on op by op', async () => {
    const { trainer, log } = train(adder());
    await trainer.fit(ones(4, sequence), { epochs: 2 });
    expect(log).toEqual([
      expect.stringMatching(
        /^\[trainer\] the training step runs op by op: \[trainer\] in the layer simple_rnn_1, the step keeps a new tensor of shape \[1, 1\].*\(CAPTURE_STATE\)$/,
      ),
    ]);
  });

  it('is an error with capture: true, before any weight changes', async () => {
    const layer = adder();
    const { trainer, losses } = train(layer, { capture: true });
    await expect(trainer.fit(ones(4, sequence), { epochs: 1 })).rejects.toThrow(
      /^\[trainer\] in the layer simple_rnn_1, .*\(CAPTURE_STATE\)$/,
    );
    expect(losses).toEqual([]);
    expect(() => layer.states_[0]!.dataSync()).not.toThrow();
  });

  it('goes on from there in predictions, evaluations and the next fit, as op by op', async () => {
    const layer = adder();
    const { trainer, losses } = train(layer);
    const predict = async (): Promise<number> => ((await trainer.predict(input)) as tf.Tensor).dataSync()[0]!;
    await trainer.fit(ones(3, sequence), { epochs: 1 });
    expect(layer.states_[0]!.dataSync()[0]).toBe(3);
    expect([await predict(), await predict()]).toEqual([4, 5]);
    expect(await trainer.evaluate(ones(2, sequence))).toEqual({ loss: (6 ** 2 + 7 ** 2) / 2 });
    await trainer.fit(ones(3, sequence), { epochs: 2 });
    expect(losses.slice(3)).toEqual([64, 81, 100]);
  });

  it('begins anew where a hook resets its state', async () => {
    const layer = adder();
    const plugins = [{ name: 'reset', onEpochBegin: () => layer.resetStates() }];
    const { trainer, losses } = train(layer, { plugins });
    await trainer.fit(ones(3, sequence), { epochs: 3 });
    expect(losses).toEqual([1, 4, 9, 1, 4, 9, 1, 4, 9]);
  });

  it.each(['auto', false] as const)(
    'holds no more tensors from step to step with capture %s',
    async (capture) => {
      const counts: number[] = [];
      const counter: AnyPlugin = {
        name: 'counter',
        onStepEnd: () => void counts.push(tf.memory().numTensors),
      };
      const { trainer } = train(adder(), {
        capture,
        plugins: [counter],
        optimizer: sgd({ learningRate: 0.01 }),
      });
      await trainer.fit(ones(8, sequence), { epochs: 1 });
      expect(new Set(counts.slice(2)).size).toBe(1);
    },
  );

  it.each(['auto', false] as const)(
    'is found in a model inside of a model with capture %s',
    async (capture) => {
      const inner = tfl.sequential({ layers: [adder()] });
      const { trainer, losses } = watchedLosses({
        model: () => tfl.sequential({ layers: [inner] }),
        capture,
      });
      await trainer.fit(ones(4, sequence), { epochs: 1 });
      expect(losses).toEqual([1, 4, 9, 16]);
    },
  );

  it.each(['simpleRNN', 'lstm', 'gru'] as const)(
    '%s ends with the state that it has op by op',
    async (kind) => {
      const states = async (capture: 'auto' | false): Promise<number[]> => {
        const layer = tfl.layers[kind]({
          units: 2,
          stateful: true,
          batchInputShape: sequence as [number, number, number],
          kernelInitializer: 'ones',
          recurrentInitializer: 'ones',
          unitForgetBias: true,
        } as never) as unknown as Recurrent;
        const model = (): tfl.LayersModel =>
          tfl.sequential({
            layers: [layer, tfl.layers.dense({ units: 1, kernelInitializer: 'ones' })],
          });
        const { trainer } = watchedLosses({ model, capture });
        await trainer.fit(ones(4, sequence), { epochs: 1 });
        return layer.states_.flatMap((state) => [...state.dataSync()]);
      };
      const [auto, eager] = [await states('auto'), await states(false)];
      expect(auto).toHaveLength(kind === 'lstm' ? 4 : 2);
      auto.forEach((value, index) => expect(value).toBeCloseTo(eager[index]!, 5));
    },
  );

  it('convLstm2d ends with the state that it has op by op', async () => {
    const states = async (capture: 'auto' | false): Promise<number[]> => {
      const layer = tfl.layers.convLstm2d({
        filters: 2,
        kernelSize: 2,
        stateful: true,
        batchInputShape: [1, 2, 3, 3, 1],
        kernelInitializer: 'ones',
        recurrentInitializer: 'ones',
      }) as unknown as Recurrent;
      const model = (): tfl.LayersModel =>
        tfl.sequential({
          layers: [layer, tfl.layers.flatten(), tfl.layers.dense({ units: 1, kernelInitializer: 'ones' })],
        });
      const { trainer, log } = watchedLosses({ model, capture });
      await trainer.fit(ones(4, [1, 2, 3, 3, 1]), { epochs: 1 });
      expect(log.map((line) => line.includes('(CAPTURE_STATE)'))).toEqual(capture === 'auto' ? [true] : []);
      return layer.states_.flatMap((state) => [...state.dataSync()]);
    };
    const [auto, eager] = [await states('auto'), await states(false)];
    expect(auto).toHaveLength(2 * 2 * 2 * 2);
    auto.forEach((value, index) => expect(value).toBeCloseTo(eager[index]!, 5));
  });
});
