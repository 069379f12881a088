import { accumulateGradients, sgd } from '@cantrip/optimizers';
import { expectClose, type Nested, presentWays, tinyData, weightsOf } from '@cantrip/testing';
import * as tf from '@tensorflow/tfjs-core';
import {
  input,
  layers,
  type LayersModel,
  loadLayersModel,
  model as functional,
  sequential,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import {
  addSqueezeExcite,
  squeezeAndExcite,
  squeezeExcite,
  type SqueezeExciteOptions,
} from '../src/index.ts';
import { convModel } from './conv-model.ts';

const conv = (filters: number, more: object = {}): layers.Layer =>
  layers.conv2d({ filters, kernelSize: 1, ...more });

const nestedOf = (tensor: tf.Tensor): Nested => tensor.arraySync() as Nested;

const namesOf = (model: LayersModel): readonly string[] => model.layers.map(({ name }) => name);

describe.each(await presentWays())('squeezeExcite $name', ({ tinyTrainer }) => {
  it('trains the blocks with the rest, with several batches to a step, and predicts with them', async () => {
    const trainer = tinyTrainer([squeezeExcite({ latentChannels: 2, minChannels: 3 })], {
      model: convModel,
      optimizer: accumulateGradients(sgd({ learningRate: 0.1 }), { steps: 3 }),
    });
    const before = await weightsOf(trainer);
    expect(Object.keys(before)).toContain('conv2d_2_squeeze/kernel');
    await trainer.fit(tinyData(), { epochs: 1 });
    const after = await weightsOf(trainer);
    const kernels = Object.keys(before).filter((name) => name.endsWith('kernel'));
    expect(kernels.length).toBeGreaterThan(4);
    // Weights of a ReLU that is never active would have no gradient; here some are.
    for (const name of kernels) expect(after[name], name).not.toEqual(before[name]);
    expect((await trainer.evaluate(tinyData())).loss).toBeGreaterThan(0);
    trainer.dispose();
  });
});

describe('addSqueezeExcite', () => {
  it('gives one block to a layer that is called twice, and finds layers in nested models', () => {
    const x = input({ shape: [2, 2, 3] });
    const shared = conv(3, { name: 'shared' });
    const nested = sequential({
      layers: [conv(3, { name: 'inner', inputShape: [2, 2, 3] })],
      name: 'nested',
    });
    const on = (layer: layers.Layer, y: SymbolicTensor): SymbolicTensor => layer.apply(y) as SymbolicTensor;
    const model = functional({ inputs: x, outputs: on(nested, on(shared, on(shared, x))) });
    const excited = addSqueezeExcite(model, { latentChannels: 1, minChannels: 3 });
    expect(namesOf(excited).filter((name) => name.endsWith('_squeeze'))).toEqual(['shared_squeeze']);
    const inner = excited.layers.find(({ name }) => name === 'nested') as LayersModel;
    expect(namesOf(inner)).toContain('inner_squeeze');
    expect(excited.weights).toHaveLength(8);
  });

  it('scales channels that come first', () => {
    const build = (dataFormat: 'channelsFirst' | 'channelsLast'): LayersModel =>
      addSqueezeExcite(
        sequential({
          layers: [
            layers.conv2d({
              filters: 2,
              kernelSize: 1,
              dataFormat,
              inputShape: dataFormat === 'channelsFirst' ? [2, 3, 4] : [3, 4, 2],
            }),
          ],
        }),
        { latentChannels: 3, minChannels: 2 },
      );
    const [first, last] = [build('channelsFirst'), build('channelsLast')];
    expect(first.outputShape).toEqual([null, 2, 3, 4]);
    last.setWeights(first.getWeights());
    const images = tf.randomNormal([2, 3, 4, 2], 0, 1, 'float32', 3);
    const expected = last.predict(images) as tf.Tensor;
    const outputs = first.predict(tf.transpose(images, [0, 3, 1, 2])) as tf.Tensor;
    expectClose(tf.transpose(outputs, [0, 2, 3, 1]), nestedOf(expected), { absolute: 1e-6 });
  });

  it('puts blocks behind the layers that are named', () => {
    const excited = addSqueezeExcite(convModel(), {
      latentChannels: 1 / 100,
      layers: ['batch_normalization_2'],
    });
    expect(namesOf(excited).filter((name) => name.endsWith('squeeze'))).toEqual([
      'batch_normalization_2_squeeze',
    ]);
    expect(excited.weights.find(({ name }) => name.includes('squeeze'))!.shape).toEqual([4, 1]);
  });

  it('is saved as stock layers, and loads without this package', async () => {
    const excited = addSqueezeExcite(convModel(), { latentChannels: 2, minChannels: 3 });
    let saved: tf.io.ModelArtifacts | undefined;
    await excited.save({ save: async (given) => ((saved = given), Promise.resolve({}) as never) });
    const loaded = await loadLayersModel({ load: async () => Promise.resolve(saved!) });
    const images = tf.randomNormal([2, 6, 6, 1], 0, 1, 'float32', 3);
    expectClose(loaded.predict(images) as tf.Tensor, nestedOf(excited.predict(images) as tf.Tensor), {
      absolute: 0,
    });
  });

  const wrong: readonly (readonly [string, SqueezeExciteOptions, () => unknown, RegExp])[] = [
    [
      'too few channels',
      {},
      convModel,
      /at least 128 channels, but the widest has 3\. Set minChannels to 3 or less\. \(MODEL_INVALID\)$/,
    ],
    [
      'a model without convolutions',
      {},
      () => sequential({ layers: [layers.dense({ units: 2, inputShape: [2] })] }),
      /needs a model with 2D convolutions, but it has none\. Remove it\. \(MODEL_INVALID\)$/,
    ],
    [
      'an unknown layer',
      { layers: ['conv2d_9'] },
      convModel,
      /must name layers of the model, got conv2d_9\. .*\(OPTION_INVALID\)$/,
    ],
    [
      'a layer without images',
      { layers: ['flatten_1'] },
      convModel,
      /but flatten_1 makes \[any, 16\]\. .*\(MODEL_INVALID\)$/,
    ],
    [
      'blocks that are there already',
      { minChannels: 3 },
      () => addSqueezeExcite(named(), { minChannels: 3 }),
      /The name "named_means" is used 2 times .*\(MODEL_NOT_REBUILT\)$/s,
    ],
  ];
  it.each(wrong)('refuses %s', (_, options, make, words) => {
    expect(() => addSqueezeExcite(make() as LayersModel, options)).toThrow(words);
    expect(() => addSqueezeExcite(make() as LayersModel, options)).toThrow(/^\[addSqueezeExcite\] /);
  });

  it.each([
    { latentChannels: 0 },
    { latentChannels: 1.5 },
    { latentChannels: NaN },
    { minChannels: 0 },
    { minChannels: 2.5 },
    { layers: [] },
    { channels: 3 },
  ])('and squeezeExcite refuse %o at once', (options) => {
    expect(() => squeezeExcite(options)).toThrow(/^\[squeezeExcite\] .+ .+\. .+\. \(OPTION_INVALID\)$/);
    expect(() => addSqueezeExcite(convModel(), options)).toThrow(
      /^\[addSqueezeExcite\] .*\(OPTION_INVALID\)$/,
    );
  });
});

describe('squeezeAndExcite', () => {
  it('refuses other shapes, and leaves no tensor but its result', () => {
    const x = tf.ones<tf.Rank.R4>([1, 2, 2, 3]);
    const [squeeze, excite] = [tf.ones([3, 2]), tf.ones([2, 3])];
    const wrong: readonly (readonly unknown[])[] = [
      [tf.ones([2, 3]), { squeeze, excite }],
      [x, { squeeze: excite, excite }],
      [x, { squeeze, excite: squeeze }],
      [x, { squeeze }],
    ];
    for (const [given, weights] of wrong) {
      expect(() => squeezeAndExcite(given as tf.Tensor4D, weights as never)).toThrow(
        /^\[squeezeAndExcite\] .+\. .+\. \(OPTION_INVALID\)$/,
      );
    }
    const count = tf.memory().numTensors;
    squeezeAndExcite(x, { squeeze, excite });
    expect(tf.memory().numTensors).toBe(count + 1);
  });
});

const named = (): LayersModel => sequential({ layers: [conv(3, { name: 'named', inputShape: [2, 2, 3] })] });
