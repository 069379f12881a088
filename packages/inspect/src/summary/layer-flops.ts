import { heldBy } from '@cantrip/plugin-kit';
import { countOf, isModel, type Layer, type LayerCall, type Shape, shapesThrough } from './layer-calls.ts';

/**
 * The floating point operations of one call of a layer, of its products alone: a multiplication and an addition are two.
 *
 * @returns undefined if a size is not known, or if nobody knows what the layer computes
 */
export function flopsOf(layer: Layer, call: LayerCall): number | undefined {
  const rule = rules[layer.getClassName()];
  const flops = rule ? rule(layer, call) : without.has(layer.getClassName()) ? 0 : undefined;
  return flops !== undefined && Number.isFinite(flops) ? flops : undefined;
}

type Rule = (layer: Layer, call: LayerCall) => number | undefined;

const first = ({ inputs }: LayerCall): Shape => inputs[0]!;
const out = ({ outputs }: LayerCall): number => count(outputs[0]!);
/** NaN where a size is not known: so is every product with it. */
const count = (shape: Shape): number => countOf(shape) ?? Number.NaN;
const product = (sizes: Shape): number => sizes.reduce<number>((all, size) => all * (size ?? Number.NaN), 1);

/** The shapes of a layer's kernels, in the order in which it made them. */
function kernelsOf(layer: Layer): readonly Shape[] {
  return [...layer.weights]
    .sort((a, b) => a.id - b.id)
    .filter(({ originalName }) => originalName.endsWith('kernel'))
    .map(({ shape }) => shape);
}

/** Each output number is a sum over the whole kernel but its last axis, the outputs. */
const perOutput: Rule = (layer, call) => 2 * out(call) * product(kernelsOf(layer)[0]!.slice(0, -1));

/** Each input number is multiplied by the kernel of its channel, the last axis. */
const perInput: Rule = (layer, call) => 2 * count(first(call)) * product(kernelsOf(layer)[0]!.slice(0, -1));

/** Each output number is a sum over the window of its own channel. */
const depthwise: Rule = (layer, call) => 2 * out(call) * product(kernelsOf(layer)[0]!.slice(0, 2));

const separable: Rule = (layer, call) => {
  const [depth, point] = kernelsOf(layer) as [Shape, Shape];
  const positions = out(call) / point.at(-1)!;
  return 2 * positions * (product(depth) + product(point.slice(-2)));
};

/** The products of cells at each time step, for each example. */
const recurrent: Rule = (layer, call) => {
  const [batch, steps] = first(call) as [number | null, number | null];
  const cells = cellsOf(layer);
  if (!cells.every((cell) => cell.getClassName() in cellNames)) return undefined;
  return 2 * product([batch, steps]) * cells.reduce((sum, cell) => sum + sizeOfKernels(cell), 0);
};

const cellNames = { SimpleRNNCell: true, GRUCell: true, LSTMCell: true };

const sizeOfKernels = (layer: Layer): number =>
  kernelsOf(layer).reduce((sum, shape) => sum + product(shape), 0);

/** The cells that compute something themselves. */
function cellsOf(layer: Layer): readonly Layer[] {
  const held = heldBy(layer);
  return held.length === 0 ? [layer] : held.flatMap(cellsOf);
}

const convolutionalRecurrent: Rule = (layer, call) => {
  const [cell] = heldBy(layer);
  const { returnSequences } = layer as unknown as { readonly returnSequences: boolean };
  const { filters } = cell as unknown as { readonly filters: number };
  const [batch, steps] = first(call) as [number | null, number | null];
  const atOneTime = returnSequences ? out(call) / product([steps]) : out(call);
  const positions = atOneTime / (filters * product([batch]));
  return 2 * product([batch, steps]) * positions * sizeOfKernels(cell!);
};

const bidirectional: Rule = (layer, call) => {
  const parts = heldBy(layer).map((one) =>
    flopsOf(one, { inputs: [first(call)], outputs: onePass(one, call) }),
  );
  return parts.reduce<number>((sum, part) => sum + (part ?? Number.NaN), 0);
};

function onePass(layer: Layer, call: LayerCall): readonly Shape[] {
  return [layer.computeOutputShape([...first(call)]) as Shape].flat().some(Array.isArray)
    ? (layer.computeOutputShape([...first(call)]) as unknown as Shape[])
    : [layer.computeOutputShape([...first(call)]) as Shape];
}

/** The layer within sees every moment as an example of its own. */
const distributed: Rule = (layer, call) => {
  const [batch, steps, ...rest] = first(call) as [number | null, number | null, ...Shape];
  const [held] = heldBy(layer);
  const inputs: Shape[] = [[product([batch, steps]), ...rest]];
  if (!isModel(held!)) return flopsOf(held!, { inputs, outputs: onePass(held!, { inputs, outputs: [] }) });
  let sum = 0;
  shapesThrough(held, inputs, (inner, one) => (sum += flopsOf(inner, one) ?? Number.NaN));
  return sum;
};

/** `axes` is one axis for both inputs or one for each; negative ones count from the end. */
const dot: Rule = (layer, call) => {
  const { axes } = layer as unknown as { readonly axes: number | readonly [number, number] };
  return 2 * out(call) * product([first(call).at(typeof axes === 'number' ? axes : axes[0])!]);
};

const rules: Readonly<Record<string, Rule>> = {
  Dense: perOutput,
  Conv1D: perOutput,
  Conv2D: perOutput,
  Conv3D: perOutput,
  Conv2DTranspose: perInput,
  Conv3DTranspose: perInput,
  DepthwiseConv2D: depthwise,
  SeparableConv2D: separable,
  SimpleRNN: recurrent,
  GRU: recurrent,
  LSTM: recurrent,
  RNN: recurrent,
  ConvLSTM2D: convolutionalRecurrent,
  Bidirectional: bidirectional,
  TimeDistributed: distributed,
  Dot: dot,
};

/** Layers of TensorFlow.js without products. */
const without: ReadonlySet<string> = new Set([
  ...['InputLayer', 'Activation', 'ReLU', 'LeakyReLU', 'PReLU', 'ELU', 'ThresholdedReLU', 'Softmax'],
  ...['Dropout', 'SpatialDropout1D', 'GaussianNoise', 'GaussianDropout', 'AlphaDropout', 'Masking'],
  ...[
    'Flatten',
    'Reshape',
    'Permute',
    'RepeatVector',
    'Embedding',
    'Cropping2D',
    'UpSampling2D',
    'ZeroPadding2D',
  ],
  ...['Add', 'Multiply', 'Average', 'Maximum', 'Minimum', 'Concatenate'],
  ...['BatchNormalization', 'LayerNormalization'],
  ...[
    'AveragePooling1D',
    'AveragePooling2D',
    'AveragePooling3D',
    'MaxPooling1D',
    'MaxPooling2D',
    'MaxPooling3D',
  ],
  ...['GlobalAveragePooling1D', 'GlobalAveragePooling2D', 'GlobalMaxPooling1D', 'GlobalMaxPooling2D'],
  ...['Rescaling', 'CenterCrop', 'Resizing', 'CategoryEncoding', 'RandomWidth'],
]);
