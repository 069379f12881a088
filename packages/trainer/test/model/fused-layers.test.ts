import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { deviceNames, openDevice } from '@cantrip/core-tensor-gpu';
import {
  expectClose,
  loadGolden,
  type Nested,
  presentDevices,
  tinyData,
  tinyTrainer,
} from '@cantrip/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { fuseLayers } from '../../src/model/fuse-layers.ts';

interface Case {
  readonly axis: number;
  readonly options: { readonly scale?: boolean; readonly center?: boolean };
  readonly before: Readonly<Record<string, Nested>>;
  readonly batches: readonly Nested[];
  readonly upstream: Nested;
  readonly outputs: Nested;
  readonly gradients: Readonly<Record<string, Nested>>;
  readonly after: Readonly<Record<string, Nested>>;
  readonly predicted: Nested;
}

const { cases, tolerance } = loadGolden<Record<string, Case>>(
  new URL('../golden/batch-norm-layers.json', import.meta.url),
);
const tensor = (values: Nested): tf.Tensor => tf.tensor(values as tf.TensorLike);
const call = (model: tfl.LayersModel, inputs: tf.Tensor, training: boolean): tf.Tensor =>
  model.apply(inputs, { training }) as tf.Tensor;

/** A model of one batch normalisation, with the weights of a golden case; and its weights by name. */
function normOf({ axis, options, before, upstream }: Case): {
  model: tfl.LayersModel;
  weights: Readonly<Record<string, tf.Variable>>;
} {
  const inputShape = tensor(upstream).shape.slice(1);
  const norm = tfl.layers.batchNormalization({ axis, momentum: 0.9, epsilon: 1e-3, inputShape, ...options });
  const model = tfl.sequential({ layers: [norm] });
  const weights = Object.fromEntries(
    norm.weights.map((weight) => [weight.originalName.split('/').at(-1)!, weight.read() as tf.Variable]),
  );
  for (const [name, values] of Object.entries(before)) weights[name]!.assign(tensor(values));
  return { model, weights };
}

describe.each(await presentDevices(deviceNames))('a fused batch normalisation on %s', (device) => {
  beforeAll(() => openDevice(device));

  it.each(Object.entries(cases))("trains and predicts as Keras's layer: %s", (_, example) => {
    const { model, weights } = normOf(example);
    fuseLayers(model);
    for (const batch of example.batches.slice(0, -1)) call(model, tensor(batch), true);
    const inputs = tf.variable(tensor(example.batches.at(-1)!));
    const wanted: Record<string, tf.Variable> = { inputs, ...weights };
    let outputs: tf.Tensor | undefined;
    const { grads } = tf.variableGrads(
      () => {
        outputs = tf.keep(call(model, inputs, true));
        return tf.sum(tf.mul(outputs, tensor(example.upstream)));
      },
      Object.keys(example.gradients).map((name) => wanted[name]!),
    );
    expectClose(outputs!, example.outputs, tolerance);
    for (const [name, gradient] of Object.entries(example.gradients)) {
      expectClose(grads[wanted[name]!.name]!, gradient, tolerance);
    }
    for (const [name, values] of Object.entries(example.after))
      expectClose(weights[name]!, values, tolerance);
    expectClose(call(model, tensor(example.batches[0]!), false), example.predicted, tolerance);
  });
});

/** A layer without scale has no gradient unless it is fused: it tells whether it is. */
const norm = (): tfl.layers.Layer => tfl.layers.batchNormalization({ scale: false, momentum: 0.5 });

function isFused(model: tfl.LayersModel): boolean {
  const inputs = tf.ones(model.inputs[0]!.shape.map((size) => size ?? 2));
  try {
    tf.tidy(() => void tf.variableGrads(() => tf.sum(call(model, inputs, true))));
    return true;
  } catch {
    return false;
  }
}

const dense = (): tfl.layers.Layer => tfl.layers.dense({ units: 2, inputShape: [3] });

describe('fusing layers', () => {
  beforeAll(() => openDevice('cpu'));

  it('reaches those of nested models and of wrappers', () => {
    const inner = tfl.sequential({ layers: [dense(), norm()] });
    const nested = tfl.sequential({ layers: [inner] });
    const wrapped = tfl.sequential({
      layers: [
        tfl.layers.timeDistributed({ layer: dense(), inputShape: [4, 3] }),
        tfl.layers.timeDistributed({ layer: norm() }),
      ],
    });
    for (const model of [nested, wrapped]) {
      expect(isFused(model)).toBe(false);
      const undo = fuseLayers(model);
      expect(isFused(model)).toBe(true);
      undo();
      expect(isFused(model)).toBe(false);
    }
  });

  it('of one model twice is undone by the second undo, and undoing twice does nothing', () => {
    const model = tfl.sequential({ layers: [dense(), norm()] });
    const [first, second] = [fuseLayers(model), fuseLayers(model)];
    first();
    first();
    expect(isFused(model)).toBe(true);
    second();
    expect(isFused(model)).toBe(false);
  });

  it('leaves a layer alone whose class has a call of its own', () => {
    class Doubling extends tfl.layers.Layer {
      static className = 'Doubling';
      override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
        return tf.mul(Array.isArray(inputs) ? inputs[0]! : inputs, 2);
      }
    }
    const layer = new Doubling({});
    const model = tfl.sequential({ layers: [dense(), layer] });
    fuseLayers(model);
    expect(Object.getPrototypeOf(layer)).toBe(Doubling.prototype);
  });

  it.each(['before', 'after'])('is covered by a call that was put on the layer %s', (when) => {
    const layer = norm();
    const model = tfl.sequential({ layers: [dense(), layer] });
    const cover = (): void => {
      const covered = layer.call;
      layer.call = (inputs, kwargs) => covered.call(layer, inputs, { ...kwargs, training: false });
    };
    if (when === 'before') cover();
    const undo = fuseLayers(model);
    if (when === 'after') cover();
    const movingMean = layer.weights[1]!.read();
    call(model, tf.ones([4, 3]), true);
    expect([...movingMean.dataSync()]).toEqual([0, 0]);
    undo();
    call(model, tf.ones([4, 3]), true);
    expect([...movingMean.dataSync()]).toEqual([0, 0]);
    Reflect.deleteProperty(layer, 'call');
    expect(isFused(model)).toBe(false);
  });
});

describe('a trainer', () => {
  it('trains batch normalisations without scale and center, and gives the model back as it was', async () => {
    const { batchNormalization, flatten } = tfl.layers;
    const model = tfl.sequential({
      layers: [
        batchNormalization({ scale: false, center: false, inputShape: [6, 6, 1] }),
        flatten(),
        tfl.layers.dense({ units: 3 }),
      ],
    });
    const trainer = tinyTrainer([], { model });
    const { epochs } = await trainer.fit(tinyData(), { epochs: 4 });
    expect(epochs.at(-1)!['loss']!).toBeLessThan(epochs[0]!['loss']! / 2);
    trainer.dispose();
    expect(isFused(model)).toBe(false);
  });
});
