import { openDevice } from '@cantrip/core-tensor-gpu';
import { namesOfLayers } from '@cantrip/plugin-kit';
import { expectClose, loadGolden, type Nested } from '@cantrip/testing';
import * as tf from '@tensorflow/tfjs-core';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { addSqueezeExcite, squeezeAndExcite } from '../src/index.ts';

type Named = Readonly<Record<string, Nested>>;

interface Block {
  readonly latent: number;
  readonly x: Nested;
  readonly weights: Nested;
  readonly squeeze: Nested;
  readonly excite: Nested;
  readonly outputs: Nested;
  readonly gradients: Named;
}

interface Network {
  readonly latent: number;
  readonly minimum: number;
  readonly x: Nested;
  readonly weights: Nested;
  readonly outputs: Nested;
  readonly parameters: Named;
  readonly gradients: Named;
}

const { cases, tolerance } = loadGolden<{
  readonly blocks: Readonly<Record<string, Block>>;
  readonly networks: Readonly<Record<string, Network>>;
}>(new URL('./golden.json', import.meta.url));

const tensor = (values: Nested): tf.Tensor => tf.tensor(values as number[]);

/** The network of the golden values, with channels in the last axis. */
const network = (): LayersModel =>
  sequential({
    layers: [
      layers.conv2d({ filters: 6, kernelSize: 3, inputShape: [7, 7, 2] }),
      layers.reLU(),
      layers.conv2d({ filters: 8, kernelSize: 3, padding: 'same' }),
      layers.reLU(),
      layers.depthwiseConv2d({ kernelSize: 3 }),
      layers.globalAveragePooling2d({}),
      layers.dense({ units: 3 }),
    ],
  });

/** The variables by the trainer's names. */
function variablesOf(model: LayersModel): ReadonlyMap<string, tf.Variable> {
  return new Map(
    [...namesOfLayers<layers.Layer>(model)].flatMap(([layer, name]) =>
      layer.weights.map((weight): [string, tf.Variable] => [
        `${name}/${weight.originalName.split('/').at(-1)!}`,
        weight.read() as tf.Variable,
      ]),
    ),
  );
}

beforeAll(async () => {
  await openDevice('cpu');
});

describe('squeezeAndExcite', () => {
  it.each(Object.entries(cases.blocks))('has the outputs and gradients of Composer for %s', (_, block) => {
    tf.tidy(() => {
      const call = (x: tf.Tensor, squeeze: tf.Tensor, excite: tf.Tensor): tf.Tensor =>
        squeezeAndExcite(x as tf.Tensor4D, { squeeze, excite });
      const given = [block.x, block.squeeze, block.excite].map(tensor);
      expectClose(call(given[0]!, given[1]!, given[2]!), block.outputs, tolerance);
      const gradients = tf.grads((x, squeeze, excite) =>
        tf.sum(tf.mul(call(x!, squeeze!, excite!), tensor(block.weights))),
      )(given);
      ['x', 'squeeze', 'excite'].forEach((name, at) =>
        expectClose(gradients[at]!, block.gradients[name]!, tolerance),
      );
    });
  });
});

describe('addSqueezeExcite', () => {
  it.each(Object.entries(cases.networks))(
    'changes the convolutions that Composer changes, with its outputs and gradients, for %s',
    (_, { latent, minimum, ...golden }) => {
      const model = addSqueezeExcite(network(), { latentChannels: latent, minChannels: minimum });
      const variables = variablesOf(model);
      expect([...variables.keys()].sort()).toEqual(Object.keys(golden.parameters).sort());
      tf.tidy(() => {
        for (const [name, variable] of variables) variable.assign(tensor(golden.parameters[name]!));
        const call = (): tf.Tensor => model.apply(tensor(golden.x), { training: true }) as tf.Tensor;
        expectClose(call(), golden.outputs, tolerance);
        const { grads } = tf.variableGrads(() => tf.sum(tf.mul(call(), tensor(golden.weights))) as tf.Scalar);
        for (const [name, variable] of variables)
          expectClose(grads[variable.name]!, golden.gradients[name]!, tolerance);
      });
    },
  );
});
