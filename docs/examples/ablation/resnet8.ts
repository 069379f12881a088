import { input, layers, type LayersModel, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';

/**
 * ResNet-8: three stages of one block, for images of 28 x 28 x 1 and 10 classes.
 *
 * @param width - filters of the first stage; the others have 2 and 4 times as many. 16 makes 78,000 parameters
 */
export const resnet8 = (width: number): LayersModel => resnet(width, 1);

/** The same network with more blocks in each stage; 3 make a ResNet-20. */
export function resnet(width: number, blocks: number): LayersModel {
  const inputs = input({ shape: [28, 28, 1] });
  let x = relu(convBn(inputs, { filters: width }));
  const stages = [1, 2, 4].flatMap((times) =>
    Array.from({ length: blocks }, (_, block) => [times, block] as const),
  );
  for (const [times, block] of stages) {
    const [filters, strides] = [width * times, times > 1 && block === 0 ? 2 : 1];
    const inner = relu(convBn(x, { filters, strides }));
    const outer = convBn(inner, { filters });
    const shortcut = strides === 1 ? x : convBn(x, { filters, strides, kernelSize: 1 });
    x = relu(apply(layers.add(), [outer, shortcut]));
  }
  const pooled = apply(layers.globalAveragePooling2d({}), x);
  return model({ inputs, outputs: apply(layers.dense({ units: 10 }), pooled) });
}

interface Convolution {
  readonly filters: number;
  readonly strides?: number;
  readonly kernelSize?: number;
}

function convBn(x: SymbolicTensor, { filters, strides = 1, kernelSize = 3 }: Convolution): SymbolicTensor {
  const options = { filters, strides, kernelSize, padding: 'same', useBias: false } as const;
  const y = apply(layers.conv2d({ ...options, kernelInitializer: 'heNormal' }), x);
  return apply(layers.batchNormalization({ momentum: 0.9, epsilon: 1e-5 }), y);
}

function relu(x: SymbolicTensor): SymbolicTensor {
  return apply(layers.activation({ activation: 'relu' }), x);
}

function apply(layer: layers.Layer, x: SymbolicTensor | SymbolicTensor[]): SymbolicTensor {
  return layer.apply(x) as SymbolicTensor;
}
