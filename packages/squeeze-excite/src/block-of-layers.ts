import { initializers, layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';

interface BlockOptions {
  /** The names of the new layers begin with it. */
  readonly name: string;
  readonly channels: number;
  readonly latent: number;
  readonly dataFormat: 'channelsFirst' | 'channelsLast';
}

/** A block of stock layers, so a saved model loads without this package. Its weights are those of two dense layers. */
export function blockOfLayers({
  name,
  channels,
  latent,
  dataFormat,
}: BlockOptions): (x: SymbolicTensor) => SymbolicTensor {
  const means = layers.globalAveragePooling2d({ dataFormat, name: `${name}_means` });
  const squeeze = dense(`${name}_squeeze`, latent, 'relu');
  const excite = dense(`${name}_excite`, channels, 'sigmoid');
  const targetShape = dataFormat === 'channelsLast' ? [1, 1, channels] : [channels, 1, 1];
  const shares = layers.reshape({ targetShape, name: `${name}_shares` });
  const scaled = layers.multiply({ name: `${name}_scaled` });
  return (x) => {
    const computed = [means, squeeze, excite, shares].reduce((y, layer) => on(layer, y), x);
    return on(scaled, [x, computed]);
  };
}

/** Uniform in ±1 / sqrt(inputs), as PyTorch's linear layers begin, and so Composer's blocks. */
const dense = (name: string, units: number, activation: 'relu' | 'sigmoid'): layers.Layer =>
  layers.dense({ name, units, activation, useBias: false, kernelInitializer: pytorchUniform() });

const pytorchUniform = (): ReturnType<typeof initializers.varianceScaling> =>
  initializers.varianceScaling({ scale: 1 / 3, mode: 'fanIn', distribution: 'uniform' });

const on = (layer: layers.Layer, x: SymbolicTensor | SymbolicTensor[]): SymbolicTensor =>
  layer.apply(x) as SymbolicTensor;
