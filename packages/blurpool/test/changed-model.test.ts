import { openDevice } from '@cantrip/core-tensor-gpu';
import { expectClose, loadGolden, type Nested, tinyData, tinyTrainer } from '@cantrip/testing';
import { sgd } from '@cantrip/optimizers';
import * as tf from '@tensorflow/tfjs-core';
import {
  input,
  layers,
  LayersModel,
  loadLayersModel,
  model as graph,
  regularizers,
  sequential,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { addBlurpool, blur, blurpool, type BlurpoolOptions } from '../src/index.ts';

interface Case {
  readonly x: Nested;
  readonly outputs: Nested;
  readonly strides: number;
  readonly padding: 'same' | 'valid';
}

const { cases, tolerance } = loadGolden<{
  readonly pools: Readonly<Record<string, Case & { readonly poolSize: number }>>;
  readonly convolutions: Readonly<
    Record<
      string,
      Case & { readonly filters: number; readonly blurFirst: boolean; readonly kernel: Nested; bias: Nested }
    >
  >;
}>(new URL('./golden.json', import.meta.url));

const tensor = (values: Nested): tf.Tensor => tf.tensor(values as number[]);
const channelsFirst = (values: Nested): tf.Tensor => tf.transpose(tensor(values), [0, 3, 1, 2]);
const outputsOf = (model: LayersModel, x: tf.Tensor): tf.Tensor => model.apply(x) as tf.Tensor;
const places = [{ blurFirst: true }, { blurFirst: false }] as const;
const all = { minChannels: 1 };

beforeAll(async () => {
  await openDevice('cpu');
});

describe('channels first', () => {
  it.each(Object.entries(cases.pools))(
    'a max pool has the outputs of Composer: %s',
    (_, { x, outputs, poolSize, strides, padding }) => {
      const images = channelsFirst(x);
      const inputShape = images.shape.slice(1);
      const pool = layers.maxPooling2d({
        poolSize,
        strides,
        padding,
        inputShape,
        dataFormat: 'channelsFirst',
      });
      const model = addBlurpool(sequential({ layers: [pool] }));
      expectClose(tf.transpose(outputsOf(model, images), [0, 2, 3, 1]), outputs, tolerance);
      expect(model.outputShape).toEqual([null, ...channelsFirst(outputs).shape.slice(1)]);
    },
  );

  it.each(Object.entries(cases.convolutions))(
    'a convolution has the outputs of Composer: %s',
    (_, { x, outputs, filters, strides, padding, blurFirst, kernel, bias }) => {
      const images = channelsFirst(x);
      const conv = layers.conv2d({
        filters,
        strides,
        padding,
        kernelSize: 3,
        inputShape: images.shape.slice(1),
        dataFormat: 'channelsFirst',
        weights: [tensor(kernel), tensor(bias)],
      });
      const model = addBlurpool(sequential({ layers: [conv] }), { ...all, blurFirst });
      expectClose(tf.transpose(outputsOf(model, images), [0, 2, 3, 1]), outputs, tolerance);
      expect(model.outputShape).toEqual([null, ...channelsFirst(outputs).shape.slice(1)]);
    },
  );
});

describe('the size of the given model stays', () => {
  const sizes = [
    [8, 8],
    [7, 9],
    [10, 11],
  ] as const;
  const paddings = ['same', 'valid'] as const;
  const kinds = sizes.flatMap(([height, width]) =>
    paddings.flatMap((padding) => places.map(({ blurFirst }) => ({ height, width, padding, blurFirst }))),
  );

  it.each(kinds)('of $height by $width, $padding, blurFirst: $blurFirst', (kind) => {
    const { height, width, padding, blurFirst } = kind;
    const given = sequential({
      layers: [
        layers.conv2d({
          filters: 2,
          kernelSize: 3,
          strides: [2, 1],
          padding,
          inputShape: [height, width, 1],
        }),
        layers.maxPooling2d({ poolSize: 3, strides: 2, padding }),
      ],
    });
    const model = addBlurpool(given, { ...all, blurFirst });
    expect(model.outputShape).toEqual(given.outputShape);
    expect(outputsOf(model, tf.ones([1, height, width, 1])).shape.slice(1)).toEqual(
      given.outputShape.slice(1),
    );
  });
});

/** What the blurred layer must be, with one more layer of the same weights that moves by 1. */
const separately = (
  kind: 'depthwiseConv2d' | 'separableConv2d',
  strides: number,
): { readonly given: LayersModel; layer: layers.Layer } => {
  const make = layers[kind].bind(layers) as (options: object) => layers.Layer;
  const layer = make({ filters: 3, kernelSize: 3, strides, inputShape: [7, 7, 2], activation: 'relu' });
  return { given: sequential({ layers: [layer] }), layer };
};

describe.each(['depthwiseConv2d', 'separableConv2d'] as const)('%s', (kind) => {
  it('is called with blurred images, or its results are blurred', () => {
    const x = tf.randomNormal<tf.Rank.R4>([2, 7, 7, 2], 0, 1, 'float32', 5);
    const strided = separately(kind, 2);
    const dense = separately(kind, 1);
    dense.given.setWeights(strided.given.getWeights());
    const [first, after] = places.map((place) => addBlurpool(strided.given, { ...all, ...place }));
    expectClose(outputsOf(first!, x), [...outputsOf(strided.given, blur(x)).dataSync()] as never, tolerance);
    const results = outputsOf(dense.given, x) as tf.Tensor4D;
    expectClose(outputsOf(after!, x), [...blur(results, [2, 2]).dataSync()] as never, tolerance);
  });
});

const randomImages = (size: number, channels: number): tf.Tensor4D =>
  tf.randomNormal([2, size, size, channels], 0, 1, 'float32', 3);

describe.each(places)('a model with $blurFirst for blurFirst', (place) => {
  const options: BlurpoolOptions = { ...all, ...place };
  const small = (): LayersModel =>
    sequential({
      layers: [
        layers.conv2d({ filters: 3, kernelSize: 3, strides: 2, padding: 'same', inputShape: [9, 9, 2] }),
        layers.maxPooling2d({ poolSize: 2, strides: [2, 1] }),
        layers.flatten(),
        layers.dense({ units: 2 }),
      ],
    });

  it('computes the same after it is saved and loaded', async () => {
    const made = addBlurpool(small(), options);
    const x = randomImages(9, 2);
    let saved: tf.io.ModelArtifacts | undefined;
    await made.save(
      tf.io.withSaveHandler((artifacts) => {
        saved = artifacts;
        return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } });
      }),
    );
    const loaded = await loadLayersModel(tf.io.fromMemory(saved!));
    expect([...outputsOf(loaded, x).dataSync()]).toEqual([...outputsOf(made, x).dataSync()]);
    expect(loaded.layers.map((layer) => layer.name).sort()).toEqual(
      made.layers.map((layer) => layer.name).sort(),
    );
  });

  it('leaves the given model as it was, shares its weights, and both can be disposed of', () => {
    const given = small();
    const x = randomImages(9, 2);
    const before = [...outputsOf(given, x).dataSync()];
    const made = addBlurpool(given, options);
    const old = [...outputsOf(made, x).dataSync()];
    expect([...outputsOf(given, x).dataSync()]).toEqual(before);
    given.setWeights(given.getWeights().map((one) => tf.mul(one, 2)));
    expect([...outputsOf(made, x).dataSync()]).not.toEqual(old);
    given.setWeights(given.getWeights().map((one) => tf.div(one, 2)));
    made.dispose();
    expect([...outputsOf(given, x).dataSync()]).toEqual(before);
    expect(given.dispose().numDisposedVariables).toBe(4);
  });

  it('changes a layer that is called twice at both calls, with the same weights', () => {
    const conv = layers.conv2d({ filters: 2, kernelSize: 3, strides: 2, padding: 'same' });
    const pool = layers.maxPooling2d({ poolSize: 2 });
    const [left, right] = [input({ shape: [8, 8, 2] }), input({ shape: [8, 8, 2] })];
    const branch = (x: SymbolicTensor): SymbolicTensor => pool.apply(conv.apply(x)) as SymbolicTensor;
    const given = graph({ inputs: [left, right], outputs: [branch(left), branch(right)] });
    const single = addBlurpool(graph({ inputs: left, outputs: branch(left) }), options);
    const made = addBlurpool(given, options);
    const images = [randomImages(8, 2), tf.neg(randomImages(8, 2))];
    const found = made.apply(images) as tf.Tensor[];
    images.forEach((x, at) =>
      expect([...found[at]!.dataSync()]).toEqual([...outputsOf(single, x).dataSync()]),
    );
    expect(made.layers.filter((layer) => layer.getClassName() === 'Conv2D')).toHaveLength(1);
    expect(made.weights).toHaveLength(2);
  });

  it('changes layers of a nested model, at each place where the model is called', () => {
    const inner = sequential({
      layers: [
        layers.conv2d({ filters: 2, kernelSize: 3, strides: 2, padding: 'same', inputShape: [8, 8, 2] }),
        layers.activation({ activation: 'relu' }),
      ],
    });
    const [x, y] = [input({ shape: [8, 8, 2] }), input({ shape: [8, 8, 2] })];
    const sum = layers.add().apply([inner.apply(x), inner.apply(y)] as SymbolicTensor[]) as SymbolicTensor;
    const made = addBlurpool(graph({ inputs: [x, y], outputs: sum }), options);
    const alone = addBlurpool(inner, options);
    const images = [randomImages(8, 2), tf.neg(randomImages(8, 2))];
    const wanted = tf.add(outputsOf(alone, images[0]!), outputsOf(alone, images[1]!));
    expect([...(made.apply(images) as tf.Tensor).dataSync()]).toEqual([...wanted.dataSync()]);
  });

  it('trains with the penalty of a convolution, once', async () => {
    const losses = async (l2: number): Promise<number> => {
      const kernelRegularizer = regularizers.l2({ l2 });
      const trainer = tinyTrainer([blurpool(options)], {
        device: 'cpu',
        optimizer: sgd({ learningRate: 0 }),
        model: () =>
          sequential({
            layers: [
              layers.conv2d({
                filters: 1,
                kernelSize: 1,
                strides: 2,
                inputShape: [6, 6, 1],
                kernelInitializer: 'ones',
                kernelRegularizer,
              }),
              layers.flatten(),
              layers.dense({ units: 3, kernelInitializer: 'zeros' }),
            ],
          }),
      });
      const { epochs } = await trainer.fit(tinyData(), { epochs: 1 });
      trainer.dispose();
      return epochs[0]!['loss']!;
    };
    expect((await losses(0.5)) - (await losses(0))).toBeCloseTo(0.5, 5); // one weight, which is 1
  });
});

describe('what is refused', () => {
  it('a model without anything to blur', () => {
    const given = sequential({
      layers: [layers.conv2d({ filters: 1, kernelSize: 1, inputShape: [2, 2, 20] })],
    });
    expect(() => addBlurpool(given)).toThrow(/^\[addBlurpool\] needs a strided max pool.+\(MODEL_INVALID\)$/);
  });

  it('a model of a class with a call of its own', () => {
    class Own extends LayersModel {
      override call(inputs: tf.Tensor): tf.Tensor {
        return inputs;
      }
    }
    const x = input({ shape: [4, 4, 1] });
    const outputs = layers.maxPooling2d({ poolSize: 2 }).apply(x) as SymbolicTensor;
    expect(() => addBlurpool(new Own({ inputs: x, outputs }))).toThrow(/\(MODEL_NOT_REBUILT\)$/);
  });

  it('a convolution whose call was replaced, where it would have to move by 1', () => {
    const conv = layers.conv2d({ filters: 1, kernelSize: 1, strides: 2, inputShape: [4, 4, 1] });
    const given = sequential({ layers: [conv] });
    const call = conv.call.bind(conv);
    conv.call = (inputs, options) => call(inputs, options);
    expect(() => addBlurpool(given, { ...all, blurFirst: false })).toThrow(
      /^\[addBlurpool\] cannot let layer \S+ move by 1, because its call was replaced\. .+ \(MODEL_NOT_REBUILT\)$/,
    );
    expect(addBlurpool(given, all).layers).toHaveLength(3);
  });

  it('a model that is a function, by the plugin', async () => {
    const trainer = tinyTrainer([blurpool()], { device: 'cpu', model: () => (x) => x });
    await expect(trainer.open()).rejects.toThrow(
      /needs a LayersModel, but it is a function.+\(MODEL_INVALID\)/,
    );
    trainer.dispose();
  });
});
