import '@tensorflow/tfjs-backend-cpu';
import { stableName } from '@cantrip/plugin-kit';
import { layers, type LayersModel, model, sequential, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { expect, it } from 'vitest';

function names({ layers }: Pick<LayersModel, 'layers'>): string[] {
  const counts = new Map<string, number>();
  return layers.map((layer) => stableName(layer, counts));
}

const small = (): LayersModel =>
  sequential({
    layers: [
      layers.conv2d({ filters: 1, kernelSize: 1, inputShape: [2, 2, 1] }),
      layers.batchNormalization(),
      layers.batchNormalization({ name: 'own' }),
      layers.batchNormalization(),
      sequential({ layers: [layers.flatten({ inputShape: [2, 2, 1] })] }),
      layers.dense({ units: 1, name: 'dense_7' }),
    ],
  });

it('a stable name counts within one model, and keeps a name of its own', () => {
  const expected = [
    'conv2d_1',
    'batch_normalization_1',
    'own',
    'batch_normalization_2',
    'sequential_1',
    'dense_7',
  ];
  expect(names(small())).toEqual(expected);
  // TensorFlow.js itself has counted on.
  expect(names(small())).toEqual(expected);
});

it('a stable name of a model or of its input is counted too', () => {
  const input = layers.input({ shape: [2] });
  const inner = model({ inputs: input, outputs: layers.dense({ units: 1 }).apply(input) as SymbolicTensor });
  const outer = layers.input({ shape: [2] });
  const whole = model({ inputs: outer, outputs: inner.apply(outer) as SymbolicTensor });
  expect(names(whole)).toEqual(['input_1', 'model_1']);
});

it('what is no layer is refused', () => {
  expect(() => stableName({ name: 'a' } as never, new Map())).toThrow(
    '[stableName] layer must be a layer, got ',
  );
  expect(() => stableName(layers.flatten(), {} as never)).toThrow('[stableName] counts must be a Map');
});
