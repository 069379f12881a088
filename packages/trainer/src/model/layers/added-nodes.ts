import type { LayersModel } from '@tensorflow/tfjs-layers';
import { heldLayers } from '@cantrip/plugin-kit';

type Node = object;

/** The fields of a layer that remember the graphs it stands in. */
interface InGraphs {
  inboundNodes: Node[];
  outboundNodes: Node[];
  /** The number of nodes that use the layer. At 0, `dispose()` frees its weights. */
  _refCount: number | null;
}

/** Nodes that were taken back, but stand before nodes that are in use. The place of a node must not change. */
const unused = new WeakSet<Node>();

/**
 * Remembers in which graphs the layers of a model stand. Another model that is built from these layers adds to each of
 * them.
 *
 * @returns a function to call when the other model is built; it returns a function that takes back what was added
 */
export function watchNodes(model: LayersModel): () => () => void {
  const layers = [...withInputs(heldLayers(model))].map((layer) => layer as unknown as InGraphs);
  const before = layers.map(
    ({ inboundNodes, outboundNodes }) => new Set([...inboundNodes, ...outboundNodes]),
  );
  return () => {
    const added = layers.map((layer, at) => ({
      layer,
      inbound: layer.inboundNodes.filter((node) => !before[at]!.has(node)),
      outbound: layer.outboundNodes.filter((node) => !before[at]!.has(node)),
    }));
    return () => {
      for (const { layer, inbound, outbound } of added) {
        inbound.forEach((node) => unused.add(node));
        layer.outboundNodes = layer.outboundNodes.filter((node) => !outbound.includes(node));
        while (layer.inboundNodes.length > 0 && unused.has(layer.inboundNodes.at(-1)!))
          layer.inboundNodes.pop();
        if (layer._refCount !== null) layer._refCount -= inbound.length;
      }
    };
  };
}

/** A sequential model does not list its input layer. */
function withInputs(layers: ReadonlySet<object>): ReadonlySet<object> {
  const inputs = [...layers].flatMap((layer) => (layer as Partial<LayersModel>).inputs ?? []);
  return new Set([...layers, ...inputs.map(({ sourceLayer }) => sourceLayer as object)]);
}
