import { input, layers, type LayersModel, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';

const apply = (layer: layers.Layer, x: SymbolicTensor | SymbolicTensor[]): SymbolicTensor =>
  layer.apply(x) as SymbolicTensor;

/** Two residual blocks, the second with a projection shortcut, for the tiny data. */
export function tinyResidualModel(): LayersModel {
  const inputs = input({ shape: [6, 6, 1] });
  const convolved = (x: SymbolicTensor, filters: number, strides = 1): SymbolicTensor =>
    apply(
      layers.batchNormalization({ momentum: 0.9 }),
      apply(layers.conv2d({ filters, strides, kernelSize: 3, padding: 'same', useBias: false }), x),
    );
  const relu = (x: SymbolicTensor): SymbolicTensor => apply(layers.reLU(), x);
  const begin = relu(convolved(inputs, 3));
  const first = relu(apply(layers.add(), [convolved(begin, 3), begin]));
  const shortcut = apply(layers.conv2d({ filters: 4, strides: 2, kernelSize: 1 }), first);
  const second = relu(apply(layers.add(), [shortcut, convolved(first, 4, 2)]));
  const outputs = apply(layers.dense({ units: 3 }), apply(layers.globalAveragePooling2d({}), second));
  return model({ inputs, outputs });
}
