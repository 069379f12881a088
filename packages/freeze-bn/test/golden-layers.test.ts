import { type DeviceName, openDevice } from '@cantrip/core-tensor-gpu';
import { freezeBatchNorm, frozenBatchNorm, foldBatchNorm } from '@cantrip/freeze-bn';
import { expectClose, type Nested, presentDevices, tinyTrainer } from '@cantrip/testing';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import frozenGolden from './golden/frozen-layer.json' with { type: 'json' };
import golden from './golden/layers.json' with { type: 'json' };

type Values = Readonly<Record<string, Nested>>;
interface Called {
  readonly outputs: Nested;
  readonly gradients: Values;
}
interface Case {
  readonly axis: number;
  readonly options: object;
  readonly before: Values;
  readonly inputs: Nested;
  readonly upstream: Nested;
  readonly moving: Called;
  readonly batch: Called;
  readonly updated: Values;
}

const cases = Object.entries(golden.cases as unknown as Record<string, Case>);
const devices = await presentDevices(['cpu', 'tensorflow', 'wasm']);
const undos: (() => void)[] = [];

afterEach(() => undos.splice(0).forEach((undo) => undo()));

/** The layer of tools/golden/freeze_bn_layers.py in a model of its own, opened by a trainer, so that it is fused. */
async function layerOf({ axis, options, before, inputs }: Case, device: DeviceName): Promise<tfl.Sequential> {
  const inputShape = tf.tensor(inputs as number[]).shape.slice(1);
  const model = tfl.sequential({
    layers: [tfl.layers.batchNormalization({ axis, momentum: 0.9, inputShape, ...options })],
  });
  const weights = ['gamma', 'beta', 'moving_mean', 'moving_variance'].filter((name) => name in before);
  model.layers[0]!.setWeights(weights.map((name) => tf.tensor(before[name] as number[])));
  // Without anything to train no trainer opens.
  const trainer = tinyTrainer([], { device, model: weights.length > 2 ? model : nested(model) });
  await trainer.open();
  undos.push(() => trainer.dispose());
  return model;
}

function nested(model: tfl.Sequential): tfl.Sequential {
  return tfl.sequential({ layers: [model, tfl.layers.flatten(), tfl.layers.dense({ units: 1 })] });
}

/** Outputs of a call in training, and the gradients of all that has one, by name. */
function call(
  model: tfl.Sequential,
  { inputs, upstream }: Case,
): { outputs: tf.Tensor; gradients: tf.NamedTensorMap } {
  const x = tf.variable(tf.tensor(inputs as number[]), true, undefined, 'float32');
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  let outputs: tf.Tensor | undefined;
  const { grads } = tf.variableGrads(() => {
    outputs = tf.keep(model.apply(x, { training: true }) as tf.Tensor);
    return tf.sum(tf.mul(outputs, tf.tensor(upstream as number[])));
  }, [x, ...variables]);
  const named = model.trainableWeights.map(({ originalName }, i) => [
    originalName.split('/').at(-1)!,
    grads[variables[i]!.name]!,
  ]);
  return {
    outputs: outputs!,
    gradients: { inputs: grads[x.name]!, ...(Object.fromEntries(named) as tf.NamedTensorMap) },
  };
}

const statisticsOf = (model: tfl.Sequential): Readonly<Record<string, number[]>> =>
  Object.fromEntries(
    model.layers[0]!.weights.filter(({ originalName }) => originalName.includes('moving')).map((weight) => [
      weight.originalName.split('/').at(-1)!,
      [...weight.read().dataSync()],
    ]),
  );

describe.each(devices)('a layer of Keras on %s', (device) => {
  beforeAll(() => openDevice(device));

  describe.each(cases)('%s', (_name, given) => {
    it.each([
      ['moving', 'freeze'],
      ['moving', 'update'],
      ['batch', 'freeze'],
      ['batch', 'update'],
    ] as const)('normalised with %s statistics, %s', async (normalizeWith, statistics) => {
      const model = await layerOf(given, device);
      undos.push(freezeBatchNorm(model, { normalizeWith, statistics, affine: 'train' }));
      const { outputs, gradients } = call(model, given);
      const expected = given[normalizeWith];
      expectClose(outputs, expected.outputs, golden.tolerance);
      expect(Object.keys(gradients).sort()).toEqual(Object.keys(expected.gradients).sort());
      for (const [name, gradient] of Object.entries(gradients)) {
        expectClose(gradient, expected.gradients[name]!, golden.tolerance);
      }
      const after = statisticsOf(model);
      for (const name of ['moving_mean', 'moving_variance']) {
        const wanted = statistics === 'freeze' ? given.before[name]! : given.updated[name]!;
        expectClose(after[name]!, wanted, golden.tolerance);
      }
    });

    it('with gamma and beta frozen has the same gradient of the inputs and no other', async () => {
      const model = await layerOf(given, device);
      undos.push(freezeBatchNorm(model));
      const { gradients } = call(model, given);
      expect(Object.keys(gradients)).toEqual(['inputs']);
      expectClose(gradients['inputs']!, given.moving.gradients['inputs']!, golden.tolerance);
    });
  });
});

describe("torchvision's FrozenBatchNorm2d", () => {
  const { before, epsilon, inputs, upstream, outputs, gradient } = frozenGolden.cases['channels first'];
  const vectors = {
    mean: tf.tensor1d(before.moving_mean),
    variance: tf.tensor1d(before.moving_variance),
    gamma: tf.tensor1d(before.gamma),
    beta: tf.tensor1d(before.beta),
  };

  it('gives what a frozen layer gives along the first axis', () => {
    const layer = tfl.layers.batchNormalization({ axis: 1, epsilon });
    const model = tfl.sequential({
      layers: [tfl.layers.inputLayer({ inputShape: [3, 2, 2] }), layer],
    });
    layer.setWeights([vectors.gamma, vectors.beta, vectors.mean, vectors.variance]);
    freezeBatchNorm(model);
    const apply = (x: tf.Tensor): tf.Tensor => model.apply(x, { training: true }) as tf.Tensor;
    expectClose(apply(tf.tensor(inputs)), outputs, frozenGolden.tolerance);
    const found = tf.grad((x) => tf.sum(tf.mul(apply(x), tf.tensor(upstream))))(tf.tensor(inputs));
    expectClose(found, gradient, frozenGolden.tolerance);
  });

  it('gives what frozenBatchNorm and the folded scale and shift give along the last axis', () => {
    const image = (x: Nested): tf.Tensor => tf.transpose(tf.tensor(x as number[]), [0, 2, 3, 1]);
    const parameters = { ...vectors, epsilon };
    const { scale, shift } = foldBatchNorm(parameters);
    const expected = [...image(outputs).dataSync()];
    expectClose([...frozenBatchNorm(image(inputs), parameters).dataSync()], expected, frozenGolden.tolerance);
    const folded = tf.add(tf.mul(image(inputs), scale), shift);
    expectClose([...folded.dataSync()], expected, frozenGolden.tolerance);
  });
});
