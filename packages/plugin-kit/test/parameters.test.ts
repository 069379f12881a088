import '@tensorflow/tfjs-backend-cpu';
import { heldBy, heldLayers, namedLayers, parametersOf } from '@cantrip/plugin-kit';
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers';
import { expect, it } from 'vitest';

const inner = (): LayersModel =>
  sequential({ name: 'inner', layers: [layers.dense({ units: 2, inputShape: [3, 4] })] });

const nested = (): LayersModel =>
  sequential({
    layers: [
      inner(),
      layers.bidirectional({
        layer: layers.simpleRNN({ units: 2, recurrentInitializer: 'zeros' }),
        mergeMode: 'concat',
      }),
      layers.dense({ units: 1, name: 'head' }),
    ],
  });

it('the parameters of a model have the same names in every model of its kind', () => {
  const names = (model: LayersModel): string[] => parametersOf(model).map(({ name }) => name);
  const expected = [
    'inner/dense_1/kernel',
    'inner/dense_1/bias',
    'bidirectional_1/kernel',
    'bidirectional_1/recurrent_kernel',
    'bidirectional_1/bias',
    'bidirectional_1/kernel_2',
    'bidirectional_1/recurrent_kernel_2',
    'bidirectional_1/bias_2',
    'head/kernel',
    'head/bias',
  ];
  expect(names(nested())).toEqual(expected);
  expect(names(nested())).toEqual(expected);
});

it('a parameter knows its layer and its name without the number', () => {
  const model = nested();
  const [bias] = parametersOf(model).filter(({ name }) => name === 'bidirectional_1/bias_2');
  expect(bias?.role).toBe('bidirectional_1/bias');
  expect(bias?.layer).toBe(model.layers[1]);
  expect(bias?.weight.read()).toBe(model.layers[1]!.weights.at(-1)!.read());
});

it('a layer that stands in two places has its parameters once', () => {
  const shared = layers.dense({ units: 3, inputShape: [3] });
  const model = sequential({ layers: [shared] });
  const twice = { layers: [...model.layers, ...model.layers] };
  expect(parametersOf(twice).map(({ name }) => name)).toEqual(['dense_1/kernel', 'dense_1/bias']);
  expect([...namedLayers(twice)].map(([name]) => name)).toEqual(['dense_1']);
});

it('layers in wrappers and nested models are found', () => {
  const model = nested();
  expect([...namedLayers(model)].map(([name]) => name)).toEqual([
    'inner/dense_1',
    'bidirectional_1',
    'bidirectional_1/forward',
    'bidirectional_1/backward',
    'head',
  ]);
  expect(heldBy(model.layers[1]!)).toHaveLength(2);
  expect(heldBy(model.layers[2]!)).toHaveLength(0);
  // The model, the nested one and its layer, the wrapper, two recurrent layers and their cells, the head.
  expect(heldLayers<layers.Layer>(model).size).toBe(9);
});

it('what is no model is refused', () => {
  expect(() => parametersOf({} as never)).toThrow('[parametersOf] model must be a LayersModel');
  expect(() => namedLayers(3 as never)).toThrow('[namedLayers] model must be a LayersModel');
  expect(() => heldLayers(undefined as never)).toThrow('[heldLayers] layer must be a layer or a model');
  expect(() => heldBy('dense' as never)).toThrow('[heldBy] layer must be a layer or a model');
});
