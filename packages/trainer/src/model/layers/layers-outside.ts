import type { LayersModel } from '@tensorflow/tfjs-layers';
import { heldLayers } from '@cantrip/plugin-kit';

type Layer = LayersModel['layers'][number];

interface Symbolic {
  readonly sourceLayer: Layer;
  readonly nodeIndex: number;
}

/**
 * The layers with weights that compute a model's outputs, but are not in `model.layers`. There are some after
 * `model.layers.pop()`, which changes the list, but not what the model computes.
 */
export function layersOutside(model: LayersModel): readonly Layer[] {
  const listed = heldLayers<Layer>(model);
  const seen = new Set<object>();
  const found = new Set<Layer>();
  const left = [...model.outputs] as unknown as Symbolic[];
  for (let symbol = left.pop(); symbol; symbol = left.pop()) {
    const { sourceLayer, nodeIndex } = symbol;
    const node = sourceLayer.inboundNodes[nodeIndex];
    if (node === undefined || seen.has(node)) continue;
    seen.add(node);
    if (!listed.has(sourceLayer) && sourceLayer.weights.length > 0) found.add(sourceLayer);
    left.push(...(node.inputTensors as unknown as Symbolic[]));
  }
  return [...found];
}
