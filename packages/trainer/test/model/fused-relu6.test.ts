import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { deviceNames, openDevice } from '@cantrip/core-tensor-gpu';
import { presentDevices } from '@cantrip/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { fuseLayers } from '../../src/model/fuse-layers.ts';

const activation = (): tfl.layers.Layer => tfl.layers.activation({ activation: 'relu6', inputShape: [5] });
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
