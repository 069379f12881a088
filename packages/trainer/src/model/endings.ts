import type { LayersModel } from '@tensorflow/tfjs-layers';

/** What an output of a model has been through last. */
export interface Ending {
  /** The layer's name. */
  readonly layer: string;
  /** Its activation, e.g. `softmax`. */
  readonly activation: string;
}

/** Endings by output, of those that are known. */
export type Endings = Readonly<Record<string, Ending>>;

/** What tfjs-layers keeps of a layer beside its types. */
interface Hidden {
  readonly name: string;
  readonly activation?: { getClassName(): string } | null;
  /** Of a nested model. */
  readonly outputs?: readonly SymbolicOutput[];
  /** Of a layer that wraps another. */
  readonly layer?: Hidden;
  readonly inboundNodes?: readonly { readonly inputTensors: readonly SymbolicOutput[] }[];
  getClassName(): string;
}

interface SymbolicOutput {
  readonly sourceLayer: unknown;
  readonly nodeIndex: number;
  readonly tensorIndex: number;
}

/** Layers that change where numbers stand, and not the numbers. */
const passing = ['Flatten', 'Reshape', 'Permute', 'Dropout', 'Cropping2D', 'RepeatVector'];

/** The endings of a model's outputs; nested models are looked into. */
export function endingsOf(model: LayersModel): Endings {
  const endings = model.outputs.flatMap((output, at) => {
    const ending = endingOf(output as unknown as SymbolicOutput);
    return ending ? [[model.outputNames[at]!, ending] as const] : [];
  });
  return Object.fromEntries(endings);
}

function endingOf({ sourceLayer, nodeIndex, tensorIndex }: SymbolicOutput): Ending | undefined {
  const layer = sourceLayer as Hidden;
  if (layer.outputs) {
    const inner = layer.outputs[tensorIndex];
    return inner && endingOf(inner);
  }
  if (passing.includes(layer.getClassName())) {
    const before = layer.inboundNodes?.[nodeIndex]?.inputTensors[0];
    return before && endingOf(before);
  }
  return ofLayer(layer);
}

function ofLayer(layer: Hidden): Ending | undefined {
  if (layer.getClassName() === 'TimeDistributed' && layer.layer) return ofLayer(layer.layer);
  if (layer.getClassName() === 'Softmax') return { layer: layer.name, activation: 'softmax' };
  const activation = layer.activation?.getClassName();
  return activation === undefined ? undefined : { layer: layer.name, activation };
}
