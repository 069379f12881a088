import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { deviceNames, openDevice } from '@cantrip/core-tensor-gpu';
import { presentDevices } from '@cantrip/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { fuseLayers } from '../../src/model/fuse-layers.ts';

const limited = (maxValue?: number): tfl.layers.Layer =>
  tfl.layers.reLU({ ...(maxValue !== undefined && { maxValue }), inputShape: [5] });
type Name = 'relu6' | 'gelu' | 'gelu_new';
const activation = (name: Name = 'relu6'): tfl.layers.Layer =>
  tfl.layers.activation({ activation: name, inputShape: [5] });
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

/** Of torch.nn.functional.gelu of PyTorch 2.15, in float64, and the gradient of its sum. */
const gelus = [
  {
    name: 'gelu',
    right: [-0.15865525393145702, 0, 2.99595030590511, 5.999999994080474, 6.999999999991041],
    slopes: [-0.08331547058768635, 0.5, 1.011945647204184, 1.0000000354687093, 1.0000000000626632],
  },
  {
    name: 'gelu_new',
    right: [-0.15880800939172324, 0, 2.996362607918227, 5.9999999999156035, 6.999999999999997],
    slopes: [-0.08296408384578252, 0.5, 1.0115841666309695, 1.0000000007709977, 1.0000000000000278],
  },
] as const;

describe.each(gelus)('a fused $name', ({ name, right, slopes }) => {
  beforeAll(() => openDevice('cpu'));

  it("has PyTorch's outputs and gradients, and those of tfjs-layers", async () => {
    const model = tfl.sequential({ layers: [activation(name)] });
    const x = tf.tensor(inputs);
    const undo = fuseLayers(model);
    const [fused, gradient] = [outputsOf(model, x), tf.grad((given) => outputsOf(model, given))(x)];
    const { kernelNames } = await tf.profile(() => outputsOf(model, x));
    undo();
    const [stock, after] = [outputsOf(model, x), await tf.profile(() => outputsOf(model, x))];
    expect([kernelNames.includes('CantripGelu'), after.kernelNames.includes('CantripGelu')]).toEqual([
      true,
      false,
    ]);
    for (const [at, value] of [...fused.dataSync()].entries()) {
      expect(value).toBeCloseTo(right[at]!, 5);
      expect(value).toBeCloseTo(stock.dataSync()[at]!, 5);
      expect(gradient.dataSync()[at]).toBeCloseTo(slopes[at]!, 5);
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
