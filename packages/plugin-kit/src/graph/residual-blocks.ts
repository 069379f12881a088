import { type Check, checkArgument } from '@cantrip/errors';
import { namesOfLayers } from '../layers/names-of-layers.ts';
import type { RebuildableModel } from './rebuild-model.ts';
import {
  type GraphLayer,
  type GraphModel,
  type GraphNode,
  type GraphSymbol,
  isGraphModel,
  nodeOf,
} from './symbolic-graph.ts';

/** A residual block, by the layer that adds branch and shortcut. */
export interface ResidualBlock<Layer = object, Output = object> {
  /** The name of that layer, as in the names of variables: `add_1`. */
  readonly name: string;
  readonly add: Layer;
  /** Which of its inputs is the branch. */
  readonly branch: number;
  /** The symbolic tensor that the branch gives. */
  readonly output: Output;
  /** Whether the layer adds at other places too. */
  readonly shared: boolean;
}

const modelCheck: Check<RebuildableModel> = (value) =>
  isGraphModel((value ?? {}) as GraphLayer) ? undefined : 'must be a LayersModel';

/**
 * Finds the residual blocks of a model, from the input to the output, also in nested models. A block ends in an `add`
 * layer of two inputs. The shortcut is the input that the other one is computed from; with a projection shortcut, it
 * is the input with fewer layers. An addition of two equally deep branches is no block.
 *
 * @throws CantripError OPTION_INVALID
 * @example
 * ```ts
 * residualBlocks(model).map(({ name }) => name); // ['add_1', 'add_2']
 * ```
 */
export function residualBlocks<M extends RebuildableModel>(
  model: M,
): readonly ResidualBlock<M['layers'][number], M['outputs'][number]>[] {
  checkArgument('residualBlocks', 'model', modelCheck, model);
  const graph = model as unknown as GraphModel;
  const names = namesOfLayers<GraphLayer>(graph);
  const additions = nodesOf(graph).filter(
    ({ layer, node }) => layer.getClassName() === 'Add' && node.inputTensors.length === 2,
  );
  return additions.flatMap(({ layer, node }) => {
    const branch = branchOf(node);
    if (branch === undefined) return [];
    const shared = additions.filter((other) => other.layer === layer).length > 1;
    const name = names.get(layer) ?? layer.name;
    return [{ name, add: layer, branch, output: node.inputTensors[branch]!, shared }];
  });
}

interface Placed {
  readonly layer: GraphLayer;
  readonly node: GraphNode;
}

/** The nodes that compute a model's outputs, each after those that it needs. A layer may have others, of other models. */
function nodesOf(model: GraphModel): readonly Placed[] {
  const seen = new Set<GraphNode>();
  const found: Placed[] = [];
  function visit(symbol: GraphSymbol): void {
    const node = nodeOf(symbol);
    if (!node || seen.has(node)) return;
    seen.add(node);
    node.inputTensors.forEach(visit);
    const layer = symbol.sourceLayer;
    if (isGraphModel(layer)) found.push(...nodesOf(layer).filter((inner) => !seen.has(inner.node)));
    else found.push({ layer, node });
  }
  model.outputs.forEach(visit);
  return found;
}

/** Everything that a tensor is computed from, itself included. */
function reach(
  symbol: GraphSymbol,
  found: Map<GraphNode, GraphLayer> = new Map(),
): ReadonlyMap<GraphNode, GraphLayer> {
  const node = nodeOf(symbol);
  if (!node || found.has(node)) return found;
  found.set(node, symbol.sourceLayer);
  node.inputTensors.forEach((input) => reach(input, found));
  return found;
}

function branchOf({ inputTensors }: GraphNode): number | undefined {
  const [first, second] = inputTensors.map((input) => reach(input)) as [
    ReadonlyMap<GraphNode, GraphLayer>,
    ReadonlyMap<GraphNode, GraphLayer>,
  ];
  const depths = [layersBeyond(first, second), layersBeyond(second, first)] as const;
  if (depths[0] === depths[1]) return undefined;
  return depths[0] > depths[1] ? 0 : 1;
}

const layersBeyond = (
  nodes: ReadonlyMap<GraphNode, GraphLayer>,
  others: ReadonlyMap<GraphNode, GraphLayer>,
): number => [...nodes.keys()].filter((node) => !others.has(node)).length;
