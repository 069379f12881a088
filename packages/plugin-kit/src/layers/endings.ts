import { type Check, checkArgument } from '@cantrip/errors';

/** The last layer and activation that an output passed through. */
export interface Ending {
  /** The layer's name. */
  readonly layer: string;
  /** Its activation, e.g. `softmax`. */
  readonly activation: string;
}

/** The known endings, by output. */
export type Endings = Readonly<Record<string, Ending>>;

/** Fields of a layer that the types of tfjs-layers do not declare. */
interface Hidden {
  readonly name: string;
  readonly activation?: { getClassName(): string } | null;
  /** Present for a nested model. */
  readonly outputs?: readonly SymbolicOutput[];
  /** Present for a layer that wraps another. */
  readonly layer?: Hidden;
  readonly inboundNodes?: readonly { readonly inputTensors: readonly SymbolicOutput[] }[];
  getClassName(): string;
}

interface SymbolicOutput {
  readonly sourceLayer: unknown;
  readonly nodeIndex: number;
  readonly tensorIndex: number;
}

/** The parts of a `LayersModel` of `@tensorflow/tfjs-layers` that its endings are read from. */
export interface ModelWithOutputs {
  readonly outputs: readonly object[];
  readonly outputNames: readonly string[];
}

const modelCheck: Check<ModelWithOutputs> = (value) => {
  const { outputs, outputNames } = (value ?? {}) as Partial<ModelWithOutputs>;
  return Array.isArray(outputs) && Array.isArray(outputNames) ? undefined : 'must be a LayersModel';
};

/** Layers that move or repeat numbers without computing new ones. */
const passing = ['Flatten', 'Reshape', 'Permute', 'Dropout', 'Cropping2D', 'RepeatVector'];

/**
 * Finds the last layer and activation that each output of a model passed through, also inside nested models. Layers
 * that only move numbers, such as flatten, are skipped. An output without an activation is left out.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * endingsOf(model); // { dense: { layer: 'dense', activation: 'softmax' } }
 * ```
 */
export function endingsOf(model: ModelWithOutputs): Endings {
  checkArgument('endingsOf', 'model', modelCheck, model);
  const endings = model.outputs.flatMap((output, at) => {
    const ending = endingOf(output as SymbolicOutput);
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
