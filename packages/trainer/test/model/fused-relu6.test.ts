import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { deviceNames, openDevice } from '@cantrip/core-tensor-gpu';
import { presentDevices } from '@cantrip/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { fuseLayers } from '../../src/model/fuse-layers.ts';

const activation = (): tfl.layers.Layer => tfl.layers.activation({ activation: 'relu6', inputShape: [5] });
const limited = (maxValue?: number): tfl.layers.Layer =>
  tfl.layers.reLU({ ...(maxValue !== undefined && { maxValue }), inputShape: [5] });
const inputs = [[-1, 0, 3, 6, 7]];

// torch.nn.functional.relu6 of PyTorch 2.15, and the gradient of its sum.
const outputs = [0, 0, 3, 6, 6];
const gradients = [0, 0, 1, 0, 0];

const outputsOf = (model: tfl.LayersModel, x: tf.Tensor): tf.Tensor =>
  model.apply(x, { training: true }) as tf.Tensor;

/** Whether the activation is one op. */
async function isFused(model: tfl.LayersModel): Promise<boolean> {
  const { kernelNames } = await tf.profile(() => outputsOf(model, tf.tensor(inputs)));
  return kernelNames.includes('Relu6') && !kernelNames.includes('Minimum');
}

describe.each(await presentDevices(deviceNames))('a fused relu6 on %s', (device) => {
  beforeAll(() => openDevice(device));

  it("has PyTorch's outputs and gradients, and so has one of tfjs-layers", async () => {
    const model = tfl.sequential({ layers: [activation()] });
    for (const undo of [fuseLayers(model), () => undefined]) {
      const x = tf.tensor(inputs);
      expect([...(await outputsOf(model, x).data())]).toEqual(outputs);
      expect([
        ...(await tf
          .grad((given) => outputsOf(model, given))(x)
          .data()),
      ]).toEqual(gradients);
      undo();
    }
  });

  it("gives a ReLU with the maximum 6 PyTorch's outputs and gradients, also at 6, and NaN as before", async () => {
    const model = tfl.sequential({ layers: [limited(6)] });
    const undo = fuseLayers(model);
    const x = tf.tensor(inputs);
    expect([...(await outputsOf(model, x).data())]).toEqual(outputs);
    const gradient = tf.grad((given) => outputsOf(model, given))(x);
    expect([...(await gradient.data())]).toEqual(gradients);
    const ofNaN = async (): Promise<number[]> => [
      ...(await outputsOf(model, tf.fill([1, 5], Number.NaN)).data()),
    ];
    const fused = await ofNaN();
    undo();
    expect(fused).toEqual(await ofNaN());
  });
});

describe('fusing relu6', () => {
  beforeAll(() => openDevice('cpu'));

  it('of one model twice is undone by the second undo', async () => {
    const model = tfl.sequential({ layers: [tfl.sequential({ layers: [activation()] })] });
    expect(await isFused(model)).toBe(false);
    const [first, second] = [fuseLayers(model), fuseLayers(model)];
    first();
    first();
    expect(await isFused(model)).toBe(true);
    second();
    expect(await isFused(model)).toBe(false);
  });

  it('of a ReLU follows its maximum, and is undone', async () => {
    const layer = limited(6) as tfl.layers.Layer & { maxValue?: number };
    const model = tfl.sequential({ layers: [layer] });
    const kernels = async (): Promise<readonly string[]> =>
      (await tf.profile(() => outputsOf(model, tf.tensor(inputs)))).kernelNames;
    const undo = fuseLayers(model);
    expect(await kernels()).toEqual(['Relu6']);
    layer.maxValue = 5;
    expect([...(await outputsOf(model, tf.tensor(inputs)).data())]).toEqual([0, 0, 3, 5, 5]);
    layer.maxValue = 6;
    undo();
    expect(await kernels()).toContain('ClipByValue');
  });

  it('leaves a ReLU without a maximum, and a call of its own, alone', async () => {
    const own = limited(6);
    own.call = (x) => tf.mul((x as tf.Tensor[])[0] ?? (x as tf.Tensor), 2);
    const model = tfl.sequential({ layers: [limited(), own] });
    fuseLayers(model);
    expect([...(await outputsOf(model, tf.tensor(inputs)).data())]).toEqual([0, 0, 6, 12, 14]);
  });

  it('leaves other activations, and one whose apply was replaced, alone', async () => {
    const own = activation();
    const { activation: replaced } = own as unknown as { activation: { apply(x: tf.Tensor): tf.Tensor } };
    replaced.apply = (x) => tf.mul(x, 2);
    const model = tfl.sequential({ layers: [own, tfl.layers.activation({ activation: 'relu' })] });
    fuseLayers(model)();
    fuseLayers(model);
    expect([...(await outputsOf(model, tf.tensor(inputs)).data())]).toEqual([0, 0, 6, 12, 14]);
  });
});
