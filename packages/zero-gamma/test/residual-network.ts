import { input, layers, type LayersModel, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';

export const apply = (layer: layers.Layer, x: SymbolicTensor | SymbolicTensor[]): SymbolicTensor =>
  layer.apply(x) as SymbolicTensor;

const norm = (x: SymbolicTensor, name?: string): SymbolicTensor =>
  apply(layers.batchNormalization({ momentum: 0.9, ...(name && { name }) }), x);

const conv = (x: SymbolicTensor, filters: number, kernelSize = 3, strides = 1): SymbolicTensor =>
  apply(layers.conv2d({ filters, strides, kernelSize, padding: 'same', useBias: false }), x);

const relu = (x: SymbolicTensor): SymbolicTensor => apply(layers.reLU(), x);

interface Kind {
  readonly blocks: readonly number[];
  readonly bottleneck: boolean;
  readonly squeeze: boolean;
}

/** A residual network with the names of torchvision's and timm's modules, and few filters. */
export function resnet({ blocks, bottleneck, squeeze }: Kind): LayersModel {
  const inputs = input({ shape: [32, 32, 1] });
  let x = relu(norm(conv(inputs, 2), 'bn1'));
  for (const [stage, count] of blocks.entries()) {
    const filters = (bottleneck ? 4 : 1) * (2 + stage);
    for (let block = 0; block < count; block++) {
      const name = `layer${stage + 1}.${block}`;
      const strides = block === 0 && stage > 0 ? 2 : 1;
      let branch = relu(
        norm(conv(x, 2 + stage, bottleneck ? 1 : 3, bottleneck ? 1 : strides), `${name}.bn1`),
      );
      if (bottleneck) branch = relu(norm(conv(branch, 2 + stage, 3, strides), `${name}.bn2`));
      branch = norm(conv(branch, filters, bottleneck ? 1 : 3), `${name}.bn${bottleneck ? 3 : 2}`);
      if (squeeze) branch = squeezed(branch, filters);
      const isSame = strides === 1 && x.shape.at(-1) === filters;
      const shortcut = isSame ? x : norm(conv(x, filters, 1, strides), `${name}.downsample.1`);
      x = relu(apply(layers.add(), [branch, shortcut]));
    }
  }
  return model({
    inputs,
    outputs: apply(layers.dense({ units: 3 }), apply(layers.globalAveragePooling2d({}), x)),
  });
}

function squeezed(x: SymbolicTensor, filters: number): SymbolicTensor {
  const pooled = apply(layers.globalAveragePooling2d({}), x);
  const gate = apply(layers.dense({ units: filters, activation: 'sigmoid' }), pooled);
  return apply(layers.multiply(), [x, apply(layers.reshape({ targetShape: [1, 1, filters] }), gate)]);
}

/** One block for the tiny data. */
export function smallNetwork(): LayersModel {
  const inputs = input({ shape: [6, 6, 1] });
  const begin = relu(norm(conv(inputs, 3)));
  const branch = norm(conv(relu(norm(conv(begin, 3))), 3));
  const sum = relu(apply(layers.add(), [branch, begin]));
  return model({
    inputs,
    outputs: apply(layers.dense({ units: 3 }), apply(layers.globalAveragePooling2d({}), sum)),
  });
}
