import * as tfl from '@tensorflow/tfjs-layers';
import { buildLayer, type LayerSpec } from './build-layer.ts';

/** A small model around one layer, or two of which the second reads the first's mask. */
export interface LayerRow {
  readonly layers: readonly (LayerSpec | (() => tfl.layers.Layer))[];
  /** Of one example. */
  readonly shape: readonly number[];
  readonly kind: 'float' | 'padded' | 'int';
  /** A dense layer before, so that gradients flow through the row's layer. */
  readonly front: boolean;
  /** How many branches the layer joins. */
  readonly inputs: number;
}

/** Input, dense, the row's layers, dense. */
export function modelOfRow({ layers, shape, kind, front, inputs }: LayerRow): tfl.LayersModel {
  const input = tfl.input({ shape: [...shape], dtype: kind === 'int' ? 'int32' : 'float32' });
  const branch = (): tfl.SymbolicTensor =>
    front ? (tfl.layers.dense({ units: shape.at(-1)! }).apply(input) as tfl.SymbolicTensor) : input;
  const branches = Array.from({ length: inputs }, branch);
  let x: unknown = inputs === 1 ? branches[0] : branches;
  for (const spec of layers) x = buildLayer(spec).apply(x as tfl.SymbolicTensor);
  if ((x as tfl.SymbolicTensor).shape.length > 2) x = tfl.layers.flatten().apply(x as tfl.SymbolicTensor);
  const outputs = tfl.layers.dense({ units: 2 }).apply(x as tfl.SymbolicTensor) as tfl.SymbolicTensor;
  return tfl.model({ inputs: input, outputs });
}
