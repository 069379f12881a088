import type { layers, LayersModel, SymbolicTensor } from '@tensorflow/tfjs-layers';

export type Layer = layers.Layer;

/** Sizes; null where a size is not known. */
export type Shape = readonly (number | null)[];

/** One call of a layer, with the shapes of what goes in and comes out. */
export interface LayerCall {
  readonly inputs: readonly Shape[];
  readonly outputs: readonly Shape[];
}

/** Where a graph of layers begins and ends. */
type Ends = Pick<LayersModel, 'inputs' | 'outputs'>;

/** What is read of a call of a layer, which is private in the types of TensorFlow.js. */
interface GraphNode {
  readonly inputTensors: readonly SymbolicTensor[];
  readonly outputTensors: readonly SymbolicTensor[];
}

/**
 * Every call of every layer that outputs of a model need, in an order in which they may run. The calls of layers in a nested
 * model come once for each call of that model.
 *
 * @param inputs - the shapes of the model's inputs, with the batch
 */
export function layerCalls(model: Ends, inputs: readonly Shape[]): ReadonlyMap<Layer, readonly LayerCall[]> {
  const calls = new Map<Layer, LayerCall[]>();
  shapesThrough(model, inputs, (layer, call) => calls.set(layer, [...(calls.get(layer) ?? []), call]));
  return calls;
}

/** The shapes of a model's outputs. Each call of a layer is told. */
export function shapesThrough(
  { inputs, outputs }: Ends,
  given: readonly Shape[],
  tell: (layer: Layer, call: LayerCall) => void,
): readonly Shape[] {
  const known = new Map<SymbolicTensor, Shape>();
  inputs.forEach((symbol, i) => {
    known.set(symbol, given[i]!);
    const { sourceLayer } = symbol;
    if (sourceLayer.getClassName() === 'InputLayer') tell(sourceLayer, { inputs: [], outputs: [given[i]!] });
  });

  function shapeOf(symbol: SymbolicTensor): Shape {
    const shape = known.get(symbol);
    if (shape) return shape;
    const layer = symbol.sourceLayer;
    const node = layer.inboundNodes[symbol.nodeIndex] as unknown as GraphNode;
    const entering = node.inputTensors.map(shapeOf);
    const leaving = outputsOf(layer, node, entering, tell);
    node.outputTensors.forEach((one, i) => known.set(one, leaving[i]!));
    return known.get(symbol) ?? symbol.shape;
  }
  return outputs.map(shapeOf);
}

function outputsOf(
  layer: Layer,
  node: GraphNode,
  inputs: readonly Shape[],
  tell: (layer: Layer, call: LayerCall) => void,
): readonly Shape[] {
  if (isModel(layer)) return shapesThrough(layer, inputs, tell);
  const outputs = declared(node, inputs) ?? computed(layer, inputs);
  tell(layer, { inputs, outputs });
  return outputs;
}

/** A model is a layer too. */
export const isModel = (layer: Layer): layer is Layer & Ends =>
  Array.isArray((layer as Partial<LayersModel>).layers) &&
  Array.isArray((layer as Partial<LayersModel>).outputs);

/** The shapes that the graph has, if they are known but for the batch and belong to these inputs. */
function declared(node: GraphNode, inputs: readonly Shape[]): readonly Shape[] | undefined {
  const same = inputs.every((shape, i) => restOf(node.inputTensors[i]!.shape) === restOf(shape));
  if (!same || !node.outputTensors.every(({ shape }) => shape.slice(1).every(isSize))) return undefined;
  const batch = inputs[0]?.[0] ?? null;
  return node.outputTensors.map(({ shape }) => [shape[0] ?? batch, ...shape.slice(1)]);
}

const restOf = (shape: Shape): string => shape.slice(1).join();

function computed(layer: Layer, inputs: readonly Shape[]): readonly Shape[] {
  const shapes = inputs.map((shape) => [...shape]);
  const found = layer.computeOutputShape(shapes.length === 1 ? shapes[0]! : shapes) as Shape | Shape[];
  const list = (Array.isArray(found[0]) ? found : [found]) as Shape[];
  return list.map((shape) => shape.map((size) => (isSize(size) ? size : null)));
}

const isSize = (size: unknown): size is number => typeof size === 'number' && Number.isFinite(size);

/** How many numbers a tensor of this shape has; undefined if a size is not known. */
export function countOf(shape: Shape): number | undefined {
  return shape.every(isSize) ? shape.reduce<number>((product, size) => product * size, 1) : undefined;
}
