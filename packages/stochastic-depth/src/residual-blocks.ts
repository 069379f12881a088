import { namesOfLayers } from '@cantrip/plugin-kit';
import type { layers, LayersModel } from '@tensorflow/tfjs-layers';

type Layer = layers.Layer;

/** A residual block, by the layer that adds branch and shortcut. */
export interface ResidualBlock {
  /** The name of that layer, as in the names of variables: `add_1`. */
  readonly name: string;
  readonly add: Layer;
  /** Which of its inputs is the branch. */
  readonly branch: number;
  /** Whether the layer adds at other places too. */
  readonly shared: boolean;
}

interface Symbolic {
  readonly sourceLayer: Layer;
  readonly nodeIndex: number;
}

interface Node {
  readonly inputTensors: readonly Symbolic[];
}

/**
 * Finds the residual blocks of a model, from the input to the output, also in nested models. A block ends in an `add`
 * layer of two inputs. The shortcut is the input that the other one is computed from; with a projection shortcut, it
 * is the input with fewer layers. An addition of two equally deep branches is no block.
 */
export function residualBlocks(model: LayersModel): readonly ResidualBlock[] {
  const names = namesOfLayers<Layer>(model);
  const additions = nodesOf(model).filter(
    ({ layer, node }) => layer.getClassName() === 'Add' && node.inputTensors.length === 2,
  );
  return additions.flatMap(({ layer, node }) => {
    const branch = branchOf(node);
    if (branch === undefined) return [];
    const shared = additions.filter((other) => other.layer === layer).length > 1;
    return [{ name: names.get(layer) ?? layer.name, add: layer, branch, shared }];
  });
}

interface Placed {
  readonly layer: Layer;
  readonly node: Node;
}

const nodeOf = ({ sourceLayer, nodeIndex }: Symbolic): Node =>
  sourceLayer.inboundNodes[nodeIndex] as unknown as Node;

const isModel = (layer: Layer): layer is LayersModel => 'outputs' in layer && 'layers' in layer;

/** The nodes that compute a model's outputs, each after those that it needs. A layer may have others, of other models. */
function nodesOf(model: LayersModel): readonly Placed[] {
  const seen = new Set<Node>();
  const found: Placed[] = [];
  function visit(symbol: Symbolic): void {
    const node = nodeOf(symbol);
    if (!node || seen.has(node)) return;
    seen.add(node);
    node.inputTensors.forEach(visit);
    const layer = symbol.sourceLayer;
    if (isModel(layer)) found.push(...nodesOf(layer).filter((inner) => !seen.has(inner.node)));
    else found.push({ layer, node });
  }
  (model.outputs as unknown as Symbolic[]).forEach(visit);
  return found;
}

/** Everything that a tensor is computed from, itself included. */
function reach(symbol: Symbolic, found: Map<Node, Layer> = new Map()): ReadonlyMap<Node, Layer> {
  const node = nodeOf(symbol);
  if (!node || found.has(node)) return found;
  found.set(node, symbol.sourceLayer);
  node.inputTensors.forEach((input) => reach(input, found));
  return found;
}

function branchOf({ inputTensors }: Node): number | undefined {
  const [first, second] = inputTensors.map((input) => reach(input)) as [
    ReadonlyMap<Node, Layer>,
    ReadonlyMap<Node, Layer>,
  ];
  const depths = [layersBeyond(first, second), layersBeyond(second, first)] as const;
  if (depths[0] === depths[1]) return undefined;
  return depths[0] > depths[1] ? 0 : 1;
}

const layersBeyond = (nodes: ReadonlyMap<Node, Layer>, others: ReadonlyMap<Node, Layer>): number =>
  [...nodes.keys()].filter((node) => !others.has(node)).length;
