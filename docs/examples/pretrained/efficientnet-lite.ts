import { layers, type LayersModel, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';

/** Blocks of one kind, one behind the other. */
export interface Stage {
  readonly repeats: number;
  /** The side of the depthwise kernel. */
  readonly kernel: number;
  /** Of the first block; the others have 1. */
  readonly strides: number;
  /** How many times as many channels as the input a block has inside. 1 for a block without expansion. */
  readonly expansion: number;
  readonly channels: number;
}

/** What a network of the kind of EfficientNet-Lite is made of. */
export interface EfficientNetLite {
  readonly stem: number;
  readonly stages: readonly Stage[];
  readonly head: number;
  readonly classes: number;
  /** Height and width; any size by default. */
  readonly imageSize?: readonly [height: number, width: number];
  /** The share that is dropped before the last layer, in training. */
  readonly dropout?: number;
}

const stage = (
  repeats: number,
  kernel: number,
  strides: number,
  expansion: number,
  channels: number,
): Stage => ({ repeats, kernel, strides, expansion, channels });

/** EfficientNet-Lite0, with 49 batch normalisations and the 1000 classes of ImageNet. */
export const lite0: EfficientNetLite = {
  stem: 32,
  stages: [
    stage(1, 3, 1, 1, 16),
    stage(2, 3, 2, 6, 24),
    stage(2, 5, 2, 6, 40),
    stage(3, 3, 2, 6, 80),
    stage(3, 5, 1, 6, 112),
    stage(4, 5, 2, 6, 192),
    stage(1, 3, 1, 6, 320),
  ],
  head: 1280,
  classes: 1000,
  dropout: 0.2,
};

/** He's normal initialisation, for training from scratch. */
const heNormal = { kernelInitializer: 'heNormal', depthwiseInitializer: 'heNormal' } as const;

/**
 * Builds the network: inverted residual blocks without squeeze-and-excitation, and ReLU6. Inputs are images of
 * `(pixel - 127) / 128`, outputs are logits.
 *
 * The padding is TensorFlow's `same`, which PyTorch's port of these networks pads by hand: where a stride of 2 needs an
 * odd number of zeros, the larger part is at the bottom and the right. The epsilon of the normalisations is 1e-3.
 */
export function efficientNetLite(spec: EfficientNetLite): LayersModel {
  const [height, width] = spec.imageSize ?? [null, null];
  const input = layers.input({ shape: [height, width, 3] });
  let x = activated(convolution(input, 'stem_conv', spec.stem, 3, 2), 'stem_bn');
  let channels = spec.stem;
  let block = 0;
  for (const { repeats, strides, channels: out, ...rest } of spec.stages) {
    for (let repeat = 0; repeat < repeats; repeat++) {
      const step = repeat === 0 ? strides : 1;
      x = inverted(x, `block_${block++}`, { ...rest, in: channels, out, strides: step });
      channels = out;
    }
  }
  x = activated(convolution(x, 'head_conv', spec.head, 1, 1), 'head_bn');
  x = layers.globalAveragePooling2d({ name: 'pooling' }).apply(x) as SymbolicTensor;
  if (spec.dropout) x = layers.dropout({ rate: spec.dropout, name: 'dropout' }).apply(x) as SymbolicTensor;
  const logits = layers.dense({ units: spec.classes, name: 'classifier' }).apply(x) as SymbolicTensor;
  return model({ inputs: input, outputs: logits, name: 'efficientnet_lite' });
}

interface Block {
  readonly kernel: number;
  readonly expansion: number;
  readonly strides: number;
  readonly in: number;
  readonly out: number;
}

function inverted(input: SymbolicTensor, name: string, block: Block): SymbolicTensor {
  const inside = block.in * block.expansion;
  const expanded =
    block.expansion === 1
      ? input
      : activated(convolution(input, `${name}_expand_conv`, inside, 1, 1), `${name}_bn0`);
  const filtered = activated(
    layers
      .depthwiseConv2d({
        kernelSize: block.kernel,
        strides: block.strides,
        padding: 'same',
        useBias: false,
        depthwiseInitializer: heNormal.depthwiseInitializer,
        name: `${name}_depthwise_conv`,
      })
      .apply(expanded) as SymbolicTensor,
    `${name}_bn1`,
  );
  const projected = normalized(convolution(filtered, `${name}_project_conv`, block.out, 1, 1), `${name}_bn2`);
  if (block.strides !== 1 || block.in !== block.out) return projected;
  return layers.add({ name: `${name}_add` }).apply([projected, input]) as SymbolicTensor;
}

function convolution(
  x: SymbolicTensor,
  name: string,
  filters: number,
  kernelSize: number,
  strides: number,
): SymbolicTensor {
  return layers
    .conv2d({
      filters,
      kernelSize,
      strides,
      padding: 'same',
      useBias: false,
      kernelInitializer: heNormal.kernelInitializer,
      name,
    })
    .apply(x) as SymbolicTensor;
}

const normalized = (x: SymbolicTensor, name: string): SymbolicTensor =>
  layers.batchNormalization({ epsilon: 1e-3, momentum: 0.99, name }).apply(x) as SymbolicTensor;

const activated = (x: SymbolicTensor, name: string): SymbolicTensor =>
  layers
    .activation({ activation: 'relu6', name: name.replace(/bn(\d*)$/, 'relu$1') })
    .apply(normalized(x, name)) as SymbolicTensor;
