import { openDevice } from '@cantrip/core-tensor-gpu';
import { namesOfLayers } from '@cantrip/plugin-kit';
import { expectClose, loadGolden, type Nested } from '@cantrip/testing';
import * as tf from '@tensorflow/tfjs-core';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, expect, it } from 'vitest';
import { addBlurpool, blur } from '../src/index.ts';

interface Case {
  readonly x: Nested;
  readonly weights: Nested;
  readonly outputs: Nested;
  readonly gradient: Nested;
}
type Cases<T> = Readonly<Record<string, Case & T>>;
type Padding = 'same' | 'valid';
type Named = Readonly<Record<string, Nested>>;
interface Network extends Omit<Case, 'gradient'> {
  readonly minChannels: number;
  readonly convolutions: boolean;
  readonly pools: boolean;
  readonly blurFirst: boolean;
  readonly parameters: Named;
  readonly gradients: Named;
}

const { cases, tolerance } = loadGolden<{
  readonly blurs: Cases<{ readonly strides: readonly [number, number] }>;
  readonly pools: Cases<{ readonly poolSize: number; readonly strides: number; padding: Padding }>;
  readonly convolutions: Cases<{
    strides: number;
    filters: number;
    blurFirst: boolean;
    padding: Padding;
    kernel: Nested;
    bias: Nested;
    kernelGradient: Nested;
  }>;
  readonly networks: Readonly<Record<string, Network>>;
}>(new URL('./golden.json', import.meta.url));

const tensor = (values: Nested): tf.Tensor => tf.tensor(values as number[]);

function compare(call: (x: tf.Tensor) => tf.Tensor, { x, weights, outputs, gradient }: Case): void {
  tf.tidy(() => {
    expectClose(call(tensor(x)), outputs, tolerance);
    const sum = (given: tf.Tensor): tf.Tensor => tf.sum(tf.mul(call(given), tensor(weights)));
    expectClose(tf.grad(sum)(tensor(x)), gradient, tolerance);
  });
}

/** A model of these layers that is blurred, called as in training. */
const calling =
  (model: LayersModel): ((x: tf.Tensor) => tf.Tensor) =>
  (x) =>
    model.apply(x, { training: true }) as tf.Tensor;

beforeAll(async () => {
  await openDevice('cpu');
});

it.each(Object.entries(cases.blurs))('blur has the outputs and gradients of Composer: %s', (_, one) => {
  compare((x) => blur(x as tf.Tensor4D, one.strides), one);
});

it.each(Object.entries(cases.pools))(
  'a max pool has those of Composer: %s',
  (_, { poolSize, strides, padding, ...one }) => {
    const inputShape = tensor(one.x).shape.slice(1);
    const model = sequential({ layers: [layers.maxPooling2d({ poolSize, strides, padding, inputShape })] });
    compare(calling(addBlurpool(model)), one);
  },
);

it.each(Object.entries(cases.convolutions))(
  'a convolution has those of Composer: %s',
  (_, { strides, filters, blurFirst, padding, ...one }) => {
    const inputShape = tensor(one.x).shape.slice(1);
    const model = sequential({
      layers: [layers.conv2d({ filters, strides, padding, kernelSize: 3, inputShape })],
    });
    model.setWeights([tensor(one.kernel), tensor(one.bias)]);
    const call = calling(addBlurpool(model, { minChannels: 2, blurFirst }));
    compare(call, one);
    const { grads } = tf.variableGrads(
      () => tf.sum(tf.mul(call(tensor(one.x)), tensor(one.weights))) as tf.Scalar,
    );
    expectClose(grads[(model.weights[0]!.read() as tf.Variable).name]!, one.kernelGradient, tolerance);
  },
);

it.each(Object.entries(cases.networks))('the layers that Composer changes are changed: %s', (_, one) => {
  const { minChannels, convolutions, pools, blurFirst } = one;
  const given = sequential({
    layers: [
      layers.conv2d({ filters: 4, kernelSize: 3, strides: 2, inputShape: [15, 15, 2] }),
      layers.reLU(),
      layers.conv2d({ filters: 4, kernelSize: 3, strides: 2 }),
      layers.reLU(),
      layers.maxPooling2d({ poolSize: 2 }),
      layers.globalAveragePooling2d({}),
    ],
  });
  const model = addBlurpool(given, { minChannels, convolutions, pools, blurFirst });
  const variables = [...namesOfLayers<layers.Layer>(model)].flatMap(([layer, name]) =>
    layer.weights.map(
      (weight) =>
        [`${name}/${weight.originalName.split('/').at(-1)!}`, weight.read() as tf.Variable] as const,
    ),
  );
  expect(variables.map(([name]) => name).sort()).toEqual(Object.keys(one.parameters).sort());
  tf.tidy(() => {
    for (const [name, variable] of variables) variable.assign(tensor(one.parameters[name]!));
    const call = calling(model);
    expectClose(call(tensor(one.x)), one.outputs, tolerance);
    const { grads } = tf.variableGrads(
      () => tf.sum(tf.mul(call(tensor(one.x)), tensor(one.weights))) as tf.Scalar,
    );
    for (const [name, variable] of variables)
      expectClose(grads[variable.name]!, one.gradients[name]!, tolerance);
  });
});
