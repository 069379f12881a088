/**
 * What is read of the graph of a `LayersModel`, most of it private in the types of tfjs-layers. The fields are read by
 * their names, so a second copy of tfjs-layers works too.
 */
export interface GraphLayer {
  name: string;
  readonly inboundNodes: readonly GraphNode[];
  getClassName(): string;
  apply(inputs: Symbols, options?: CallOptions): unknown;
}

/** One call of a layer. */
export interface GraphNode {
  readonly inputTensors: readonly GraphSymbol[];
  readonly outputTensors: readonly GraphSymbol[];
  readonly callArgs?: CallOptions | null;
}

/** A tensor without values: an input, or what a call of a layer gives. */
export interface GraphSymbol {
  readonly name: string;
  readonly shape: readonly (number | null)[];
  readonly dtype?: unknown;
  readonly sourceLayer: GraphLayer;
  readonly nodeIndex: number;
}

export type Symbols = GraphSymbol | readonly GraphSymbol[];

export type CallOptions = Readonly<Record<string, unknown>>;

export interface GraphModel extends GraphLayer {
  layers: GraphLayer[];
  readonly inputs: readonly GraphSymbol[];
  readonly outputs: readonly GraphSymbol[];
}

/** Where a graph begins and ends. */
export interface Ends {
  readonly inputs: readonly GraphSymbol[];
  readonly outputs: readonly GraphSymbol[];
}

/** Whether a layer is a model itself. */
export const isGraphModel = (layer: GraphLayer): layer is GraphModel =>
  Array.isArray((layer as Partial<GraphModel>).layers) &&
  Array.isArray((layer as Partial<GraphModel>).outputs);

/** The call that a tensor comes from. It is undefined in a graph that was damaged, e.g. by `layers.pop()`. */
export const nodeOf = ({ sourceLayer, nodeIndex }: GraphSymbol): GraphNode | undefined =>
  sourceLayer.inboundNodes[nodeIndex];

/** Whether a value is a tensor without values. */
export function isGraphSymbol(value: unknown): value is GraphSymbol {
  const { sourceLayer, nodeIndex, shape } = (value ?? {}) as Partial<GraphSymbol>;
  return typeof sourceLayer === 'object' && typeof nodeIndex === 'number' && Array.isArray(shape);
}

export const listOf = <T>(value: T | readonly T[]): readonly T[] =>
  Array.isArray(value) ? (value as readonly T[]) : [value as T];
