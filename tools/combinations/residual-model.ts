import { input, layers, type LayersModel, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';

const apply = (layer: layers.Layer, x: SymbolicTensor | SymbolicTensor[]): SymbolicTensor =>
  layer.apply(x) as SymbolicTensor;

/**
 * A network with all that tricks change: convolutions with strides, batch norm, a residual branch, max pooling, dropout,
 * a dense layer. It takes images of any size.
 */
export function residualModel(): LayersModel {
  const inputs = input({ shape: [null, null, 1] });
  const begin = relu(convolved(inputs, { filters: 4 }));
  const branch = convolved(relu(convolved(begin, { filters: 4 })), { filters: 4 });
  const sum = relu(apply(layers.add(), [branch, begin]));
  const smaller = relu(convolved(sum, { filters: 6, strides: 2 }));
  const pooled = apply(layers.maxPooling2d({ poolSize: 2, strides: 1, padding: 'same' }), smaller);
  const features = apply(layers.globalAveragePooling2d({}), pooled);
  const outputs = apply(layers.dense({ units: 3 }), apply(layers.dropout({ rate: 0.1 }), features));
  return model({ inputs, outputs });
}

const relu = (x: SymbolicTensor): SymbolicTensor => apply(layers.reLU(), x);

const convolved = (
  x: SymbolicTensor,
  { filters, strides = 1 }: { readonly filters: number; readonly strides?: number },
): SymbolicTensor =>
  apply(
    layers.batchNormalization({ momentum: 0.9 }),
    apply(layers.conv2d({ filters, strides, kernelSize: 3, padding: 'same', useBias: false }), x),
  );
