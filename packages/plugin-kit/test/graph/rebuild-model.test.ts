import '@tensorflow/tfjs-backend-cpu';
import { namesOfLayers, rebuildModel } from '@cantrip/plugin-kit';
import * as tf from '@tensorflow/tfjs-core';
import {
  input,
  layers,
  LayersModel,
  loadLayersModel,
  model as functional,
  sequential,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Given, models } from './models.ts';

type Layer = layers.Layer;

const all = Object.entries(models);

/** Every layer is called anew, and nothing changes. */
const unchanged = (model: LayersModel): LayersModel => rebuildModel('test', model, () => (next) => next());

/** Twice the output of dense layers. */
const doubled = (model: LayersModel): LayersModel =>
  rebuildModel('test', model, (layer) => {
    if (layer.getClassName() !== 'Dense') return undefined;
    const add = layers.add();
    return (next) => {
      const outputs = next() as SymbolicTensor;
      return add.apply([outputs, outputs]) as SymbolicTensor;
    };
  });

/** Outputs in training, and the gradients of their sum by the layers' names. */
function computed(model: LayersModel, inputs: Given['inputs']): unknown {
  const outputsOf = (): tf.Tensor[] => {
    const outputs = model.apply(inputs, { training: true }) as tf.Tensor | tf.Tensor[];
    return Array.isArray(outputs) ? outputs : [outputs];
  };
  const names = new Map(
    [...namesOfLayers(model as { layers: Layer[] })].map(([layer, name]) => [layer, name]),
  );
  return tf.tidy(() => {
    const { grads } = tf.variableGrads(
      () => tf.sum(tf.addN(outputsOf().map((one) => tf.sum(tf.square(one))))) as tf.Scalar,
    );
    const gradients = [...names].flatMap(([layer, name]): [string, number[]][] =>
      'layers' in layer
        ? []
        : layer.trainableWeights.map((weight) => [
            `${name}/${weight.originalName}`,
            Array.from(grads[(weight.read() as tf.Variable).name]!.dataSync()),
          ]),
    );
    return {
      outputs: outputsOf().map((one) => [...one.dataSync()]),
      gradients: Object.fromEntries(gradients),
    };
  });
}

const weightNames = (model: LayersModel): unknown =>
  [...namesOfLayers(model as { layers: Layer[] })].flatMap(([layer, name]) =>
    'layers' in layer ? [] : layer.weights.map((weight) => [name, weight.read().id]),
  );

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe.each(all)('%s', (_, make) => {
  it('gives the same outputs and gradients when it is rebuilt without changes, to the bit', () => {
    const { model, inputs } = make();
    const before = computed(model, inputs);
    const count = tf.memory().numTensors;
    const rebuilt = unchanged(model);
    expect(rebuilt).not.toBe(model);
    expect(tf.memory().numTensors).toBe(count);
    expect(computed(rebuilt, inputs)).toEqual(before);
    expect(rebuilt.inputNames).toEqual(model.inputNames);
    expect(rebuilt.outputNames).toEqual(model.outputNames);
    expect(weightNames(rebuilt)).toEqual(weightNames(model));
    // The given one still works.
    expect(computed(model, inputs)).toEqual(before);
  });

  it('can be rebuilt again, saved and loaded', async () => {
    const { model, inputs } = make();
    const rebuilt = unchanged(unchanged(model));
    expect(computed(rebuilt, inputs)).toEqual(computed(model, inputs));
    expect(weightNames(rebuilt)).toEqual(weightNames(model));
    let saved: tf.io.ModelArtifacts | undefined;
    await rebuilt.save({ save: async (given) => ((saved = given), Promise.resolve({}) as never) });
    const loaded = await loadLayersModel({ load: async () => Promise.resolve(saved!) });
    const outputsOf = (one: LayersModel): number[][] =>
      [one.predict(inputs)].flat().map((outputs) => [...outputs.dataSync()]);
    expect(outputsOf(loaded)).toEqual(outputsOf(model));
  });

  it('keeps the names of its weights where layers are added', () => {
    const { model } = make();
    const before = weightNames(model);
    const other = rebuildModel('test', model, (layer) => {
      if (layer.getClassName() !== 'Dense') return undefined;
      const further = layers.dense({ units: (layer as unknown as { units: number }).units });
      return (next) => further.apply(next()) as SymbolicTensor;
    });
    expect(weightNames(other)).toEqual(expect.arrayContaining(before as unknown[]));
  });
});

describe('rebuildModel', () => {
  it('returns the given model if no layer changes', () => {
    const { model } = models['nested models, called twice']!();
    expect(rebuildModel('test', model, () => undefined)).toBe(model);
  });

  it('asks for each layer once, by its name, and not for input layers', () => {
    const { model } = models['nested models, called twice']!();
    const names: string[] = [];
    rebuildModel('test', model, (_, name) => void names.push(name) as undefined);
    expect(names.sort()).toEqual([
      'concatenate_1',
      'dense_1',
      'dense_2',
      'model_1',
      'model_1/dense_1',
      'model_1/own',
      'sequential_1',
      'sequential_1/dense_1',
      'sequential_1/model_1',
      'sequential_1/model_1/dense_1',
      'sequential_1/model_1/dense_2',
    ]);
  });

  it('changes each call of a layer, in nested models too', () => {
    const ones = (units: number, inputShape?: number[]): Layer =>
      layers.dense({
        units,
        useBias: false,
        kernelInitializer: 'ones',
        ...(inputShape ? { inputShape } : {}),
      });
    const x = input({ shape: [1] });
    const shared = ones(1);
    const nested = sequential({ layers: [ones(1, [1]), ones(1)] });
    const apply = (layer: Layer, y: SymbolicTensor): SymbolicTensor => layer.apply(y) as SymbolicTensor;
    // Six calls of dense layers: shared, two nested, two nested, shared.
    const outputs = apply(shared, apply(nested, apply(nested, apply(shared, x))));
    const rebuilt = doubled(functional({ inputs: x, outputs }));
    expect([...(rebuilt.predict(tf.tensor2d([[1]])) as tf.Tensor).dataSync()]).toEqual([64]);
  });

  it('puts a layer before another, leaves one out, and puts one in the place of another', () => {
    const model = sequential({
      layers: [
        layers.rescaling({ scale: 3, name: 'three', inputShape: [1] }),
        layers.rescaling({ scale: 5, name: 'five' }),
        layers.rescaling({ scale: 7, name: 'seven' }),
      ],
    });
    const eleven = layers.rescaling({ scale: 11, name: 'five' });
    const two = layers.rescaling({ scale: 1, offset: 2, name: 'two' });
    const rebuilt = rebuildModel('test', model, (_, name) => {
      if (name === 'three') return (__, inputs) => inputs;
      if (name === 'five') return (__, inputs) => eleven.apply(inputs) as SymbolicTensor;
      return (next, inputs) => next(two.apply(inputs) as SymbolicTensor);
    });
    expect([...(rebuilt.predict(tf.tensor2d([[1]])) as tf.Tensor).dataSync()]).toEqual([(11 + 2) * 7]);
    expect(rebuilt.layers.map(({ name }) => name).slice(1)).toEqual(['five', 'seven', 'two']);
  });

  it('keeps names where the new layers change which layer is deeper', () => {
    const x = input({ shape: [2] });
    const [a, b] = [layers.dense({ units: 2 }), layers.dense({ units: 2 })];
    const outputs = layers.add().apply([a.apply(x), b.apply(x)] as SymbolicTensor[]) as SymbolicTensor;
    const rebuilt = rebuildModel('test', functional({ inputs: x, outputs }), (layer) =>
      layer === b ? (next) => layers.reLU().apply(next()) as SymbolicTensor : undefined,
    );
    const names = namesOfLayers(rebuilt as { layers: Layer[] });
    expect([names.get(a), names.get(b)]).toEqual(['dense_1', 'dense_2']);
  });

  it('keeps what is trained: a frozen nested model stays frozen, a frozen layer too', () => {
    const nested = sequential({ layers: [layers.dense({ units: 2, inputShape: [2] })] });
    nested.trainable = false;
    const open = sequential({ layers: [layers.dense({ units: 2, inputShape: [2] })] });
    open.layers[0]!.trainable = false;
    const model = sequential({ layers: [nested, open, layers.dense({ units: 1 })] });
    const rebuilt = doubled(model);
    const ids = (one: LayersModel): number[] => one.trainableWeights.map((weight) => weight.read().id);
    expect(ids(rebuilt)).toEqual(ids(model));
    expect(ids(rebuilt)).toHaveLength(2);
  });

  class Tripled extends LayersModel {
    override call(inputs: tf.Tensor | tf.Tensor[], options: never): tf.Tensor | tf.Tensor[] {
      return tf.mul(super.call(inputs, options) as tf.Tensor, 3);
    }
  }
  const graph = (): { inputs: SymbolicTensor; outputs: SymbolicTensor } => {
    const inputs = input({ shape: [2] });
    return { inputs, outputs: layers.dense({ units: 2 }).apply(inputs) as SymbolicTensor };
  };
  const popped = (model: LayersModel): LayersModel => (void model.layers.pop(), model);
  const two = (): LayersModel =>
    sequential({ layers: [layers.dense({ units: 2, inputShape: [2] }), layers.dense({ units: 3 })] });
  const beside = (): LayersModel => {
    const { inputs, outputs } = graph();
    const further = layers.dense({ units: 2 }).apply(outputs, { beside: inputs }) as SymbolicTensor;
    return functional({ inputs, outputs: further });
  };
  const other = layers.dense({ units: 5, name: 'other' });
  const apply = (layer: Layer, x: unknown): SymbolicTensor => layer.apply(x as never) as SymbolicTensor;
  const wrong: readonly (readonly [string, () => LayersModel, unknown, RegExp])[] = [
    [
      'a model with a call of its own',
      () => new Tripled(graph()),
      undefined,
      /model\d+ has a call of its own, so its graph/,
    ],
    [
      'a layer that was popped',
      () => popped(two()),
      undefined,
      /the output of sequential_\d+ does not come from the last/,
    ],
    [
      'tensors that are not inputs',
      beside,
      undefined,
      /dense_Dense\d+ is called with tensors in beside, which are not/,
    ],
    [
      'another width',
      two,
      () => () => other.apply(input({ shape: [2] })),
      /does not fit into the new model: .*other|model: .*[Ii]nput/,
    ],
    [
      'a result without tensors',
      two,
      () => () => 3,
      /the change of layer dense_Dense\d+ must return a symbolic tensor, got 3/,
    ],
    [
      'too many tensors',
      two,
      () => (next: () => unknown) => [next(), next()],
      /must return a symbolic tensor, got/,
    ],
    ['a change that fails', two, () => () => fail(), /the change of layer dense_Dense\d+ failed: no luck/],
    [
      'a change that is a number',
      two,
      () => 3,
      /change must return a function or undefined for layer dense_1, got 3/,
    ],
    [
      'two layers of one name',
      two,
      (_: Layer, name: string) =>
        (next: () => SymbolicTensor): SymbolicTensor =>
          name === 'dense_1'
            ? apply(layers.reLU({ name: 'a' }), apply(layers.reLU({ name: 'a' }), next()))
            : next(),
      /The name "a" is used 2 times/,
    ],
  ];
  it.each(wrong)('refuses %s in one sentence', (_, make, change, words) => {
    const all = () => (next: () => unknown) => next();
    const rebuild = (): LayersModel => rebuildModel('trick', make(), (change ?? all) as never);
    expect(rebuild).toThrow(words);
    expect(rebuild).toThrow(
      /^\[trick\] cannot rebuild the model: .+\. Build the model .+\. \(MODEL_NOT_REBUILT\)$/s,
    );
  });

  it('refuses arguments of the wrong kind', () => {
    const wrong: readonly (readonly [unknown, unknown])[] = [
      [3, () => undefined],
      [{}, () => undefined],
      [two(), 3],
      [two(), undefined],
    ];
    for (const [model, change] of wrong) {
      const rebuild = (): LayersModel => rebuildModel('trick', model as LayersModel, change as never);
      expect(rebuild).toThrow(/^\[trick\] .*\(OPTION_INVALID\)$/);
    }
  });
});

function fail(): never {
  throw new Error('no luck');
}
