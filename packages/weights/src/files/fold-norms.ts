import type { StoredValues } from './named-values.ts';

/** A layer in the JSON of a topology, whose names are those of Keras. */
interface LayerJson {
  class_name: string;
  config: Record<string, unknown>;
  readonly name?: string;
  /** Of a model that is no sequence: its calls, each with its inputs. */
  readonly inbound_nodes?: readonly (readonly (readonly [string, ...unknown[]])[])[];
}

interface Topology {
  readonly class_name: string;
  readonly config: {
    readonly layers: LayerJson[];
    readonly output_layers?: readonly (readonly [string, ...unknown[]])[];
  };
}

/** Layers whose outputs a scale can be multiplied into, and the rank of these. 0 stands for any. */
const foldable: Readonly<Record<string, readonly [kernel: string, rank: number]>> = {
  Dense: ['kernel', 0],
  Conv1D: ['kernel', 3],
  Conv2D: ['kernel', 4],
  Conv3D: ['kernel', 5],
  DepthwiseConv2D: ['depthwise_kernel', 4],
};

/**
 * Multiplies batch normalisations into the layers before them: `kernel * scale`, `bias * scale + shift`, computed with
 * double precision. In the place of a normalisation stays a linear activation of its name, which computes nothing.
 *
 * A normalisation is folded if its input is a dense layer or a convolution without activation, which nothing else reads.
 *
 * @param stored - weights by TensorFlow.js's names; changed
 * @returns a changed copy of the topology, and the names of the folded layers
 */
export function foldNorms(
  topology: object,
  stored: Map<string, StoredValues>,
): { readonly topology: object; readonly folded: readonly string[] } {
  const copy = structuredClone(topology) as Topology;
  const folded: string[] = [];
  for (const norm of copy.config.layers) {
    if (norm.class_name !== 'BatchNormalization') continue;
    const layer = layerBefore(copy, norm);
    if (!layer || !canFold(layer, norm)) continue;
    fold(layer, norm, stored);
    folded.push(nameOf(norm));
  }
  return { topology: copy, folded };
}

const nameOf = ({ config }: LayerJson): string => String(config['name']);

/** The only layer that a normalisation reads, if the normalisation is its only reader. */
function layerBefore(topology: Topology, norm: LayerJson): LayerJson | undefined {
  const { layers, output_layers: outputs } = topology.config;
  if (topology.class_name === 'Sequential') return layers[layers.indexOf(norm) - 1];
  const [input, ...others] = norm.inbound_nodes?.flat() ?? [];
  const layer = layers.find((one) => nameOf(one) === input?.[0]);
  if (!layer || others.length > 0 || layer.inbound_nodes?.length !== 1) return undefined;
  const readers = layers.flatMap((one) => one.inbound_nodes?.flat() ?? []);
  const isOutput = outputs?.some(([name]) => name === nameOf(layer)) ?? false;
  return readers.filter(([name]) => name === nameOf(layer)).length === 1 && !isOutput ? layer : undefined;
}

function canFold({ class_name: kind, config }: LayerJson, norm: LayerJson): boolean {
  const found = Object.hasOwn(foldable, kind) ? foldable[kind] : undefined;
  if (!found || (config['activation'] ?? 'linear') !== 'linear') return false;
  if (config['data_format'] === 'channels_first' || config['dataFormat'] === 'channelsFirst') return false;
  const axis = norm.config['axis'] ?? -1;
  return axis === -1 || axis === found[1] - 1;
}

function fold(layer: LayerJson, norm: LayerJson, stored: Map<string, StoredValues>): void {
  const [kernelName] = foldable[layer.class_name]!;
  const at = (owner: LayerJson, part: string): string => `${nameOf(owner)}/${part}`;
  const numbers = (owner: LayerJson, part: string): ArrayLike<number> | undefined =>
    stored.get(at(owner, part))?.values;
  const [mean, variance] = [numbers(norm, 'moving_mean')!, numbers(norm, 'moving_variance')!];
  const [gamma, beta, bias] = [numbers(norm, 'gamma'), numbers(norm, 'beta'), numbers(layer, 'bias')];
  const epsilon = norm.config['epsilon'] as number;
  const scale = Float64Array.from(variance, (one, c) => (gamma?.[c] ?? 1) / Math.sqrt(one + epsilon));
  const kernel = stored.get(at(layer, kernelName))!;
  // The outputs of a layer are its last axis, or of a depthwise one its last two.
  const scaled = Float32Array.from(kernel.values, (one, index) => one * scale[index % scale.length]!);
  const shift = Float32Array.from(scale, (one, c) => ((bias?.[c] ?? 0) - mean[c]!) * one + (beta?.[c] ?? 0));
  stored.set(at(layer, kernelName), { ...kernel, values: scaled });
  stored.set(at(layer, 'bias'), { shape: [scale.length], dtype: 'float32', values: shift });
  for (const part of ['gamma', 'beta', 'moving_mean', 'moving_variance']) stored.delete(at(norm, part));
  layer.config['use_bias'] = true;
  // A regularizer or constraint belongs to the weights as they were.
  for (const option of [
    'kernel_regularizer',
    'kernel_constraint',
    'depthwise_regularizer',
    'depthwise_constraint',
  ])
    if (option in layer.config) layer.config[option] = null;
  norm.config = { name: nameOf(norm), trainable: true, activation: 'linear' };
  norm.class_name = 'Activation';
}
